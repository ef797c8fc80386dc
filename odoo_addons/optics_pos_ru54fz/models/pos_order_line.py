from odoo import api, fields, models

from .pos_order import differs

#: What of a line the fiscal receipt attests.
_ATTESTED = (
    "order_id",
    "product_id",
    "full_product_name",
    "qty",
    "price_unit",
    "price_extra",
    "discount",
    "price_subtotal",
    "price_subtotal_incl",
    "tax_ids",
)


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    # Written by the page of a refund whose sale Odoo did not have yet.
    kkt_refunded_uuid = fields.Char(
        string="UUID of the Line Taken Back", copy=False, index="btree_not_null"
    )

    def _kkt_link_refunds(self):
        """Refunds that came before these lines of their sale."""
        lines = self.sudo().filtered("uuid")
        early = lines.search(
            [
                ("kkt_refunded_uuid", "in", lines.mapped("uuid")),
                ("refunded_orderline_id", "=", False),
            ]
        )
        by_uuid = {line.uuid: line for line in lines}
        for refund in early:
            original = by_uuid[refund.kkt_refunded_uuid]
            if refund.company_id == original.company_id:
                refund.refunded_orderline_id = original

    @api.model
    def _kkt_name_originals(self, order):
        """Fill in the numbers of lines that the page knows by their uuids alone.

        :param dict order: as the page serialises it, changed in place
        """
        commands = order.get("lines") or []
        values = [command[2] for command in commands if command[0] in (0, 1)]
        unnamed = [
            vals
            for vals in values
            if isinstance(vals.get("kkt_refunded_uuid"), str)
            and not vals.get("refunded_orderline_id")
        ]
        if not unnamed:
            return
        session = self.env["pos.session"].sudo().browse(order["session_id"])
        originals = self.sudo().search(
            [
                ("uuid", "in", [vals["kkt_refunded_uuid"] for vals in unnamed]),
                ("company_id", "=", session.company_id.id),
            ]
        )
        by_uuid = {line.uuid: line.id for line in originals}
        for vals in unnamed:
            if original := by_uuid.get(vals["kkt_refunded_uuid"]):
                vals["refunded_orderline_id"] = original

    @api.model_create_multi
    def create(self, vals_list):
        order_ids = {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        self.env["pos.order"].browse(order_ids)._kkt_refuse_change()
        return super().create(vals_list)

    def write(self, vals):
        names = [name for name in _ATTESTED if name in vals]
        if names:
            changed = self.filtered(
                lambda line: any(differs(line, name, vals[name]) for name in names)
            )
            changed.order_id._kkt_refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kkt_locked(self):
        self.order_id._kkt_refuse_change()
