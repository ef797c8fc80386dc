from odoo import _, api, fields, models
from odoo.exceptions import UserError

#: Key in the cursor's cache: uuids of the orders that a synchronisation is writing.
SYNCING = "optics_pos_ru54fz.syncing"
#: Key in the cursor's cache: ids of cancelled orders that their receipt opens again.
REOPENING = "optics_pos_ru54fz.reopening"

#: Orders whose content has yet to come from their page or their till.
UNSETTLED = ("draft", "cancel")

#: What of a settled order the fiscal receipt attests. Lines and payments guard
#: themselves.
_ATTESTED = (
    "amount_total",
    "amount_tax",
    "amount_paid",
    "amount_return",
    "company_id",
    "config_id",
    "date_order",
    "fiscal_position_id",
    "is_refund",
    "is_tipped",
    "session_id",
    "tip_amount",
)

_RECEIPT_FIELDS = (
    "kkt_receipt_id",
    "kkt_receipt_count",
    "kkt_fiscal",
    "kkt_fn",
    "kkt_fd",
    "kkt_fp",
)


class PosOrder(models.Model):
    _inherit = "pos.order"

    # Written by the page.
    kkt_refund_reason = fields.Char(string="Reason of the Refund", copy=False)
    kkt_approval = fields.Text(
        string="Approval of the Discount",
        copy=False,
        help="A manager's word for the discount, signed by the till's bridge (JWS).",
    )
    kkt_contact = fields.Char(
        string="Contact for the Electronic Receipt",
        copy=False,
        help="E-mail or phone that the buyer named for the electronic receipt.",
    )
    # None of these may be stored: the page writes every plain stored field back.
    kkt_receipt_id = fields.Many2one(
        "kkt.receipt",
        string="Fiscal Receipt",
        compute="_compute_kkt_receipt",
        search="_search_kkt_receipt_id",
        compute_sudo=True,
    )
    kkt_receipt_count = fields.Integer(
        string="Fiscal Receipts", compute="_compute_kkt_receipt", compute_sudo=True
    )
    kkt_fiscal = fields.Json(
        string="Fiscal Data", compute="_compute_kkt_receipt", compute_sudo=True
    )
    kkt_fn = fields.Char(
        string="Fiscal Drive (FN)", compute="_compute_kkt_receipt", compute_sudo=True
    )
    kkt_fd = fields.Char(
        string="Fiscal Document (FD)", compute="_compute_kkt_receipt", compute_sudo=True
    )
    kkt_fp = fields.Char(
        string="Fiscal Sign (FP)", compute="_compute_kkt_receipt", compute_sudo=True
    )

    @api.depends("uuid")
    def _compute_kkt_receipt(self):
        receipts = self.env["kkt.receipt"].search(
            [("uuid", "in", [uuid for uuid in self.mapped("uuid") if uuid])],
            order="attempt desc",
        )
        by_uuid = receipts.grouped("uuid")
        for order in self:
            of_order = by_uuid.get(order.uuid, receipts.browse())
            last = of_order[:1]
            order.kkt_receipt_id = last
            order.kkt_receipt_count = len(of_order)
            order.kkt_fiscal = last._fiscal() if last else False
            order.kkt_fn = last.fn
            order.kkt_fd = str(last.fd) if last else False
            order.kkt_fp = last.fp

    @api.model
    def _search_kkt_receipt_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        receipts = self.env["kkt.receipt"].sudo()
        ids = [receipt_id for receipt_id in value if receipt_id]
        domain = fields.Domain("uuid", "in", receipts.browse(ids).mapped("uuid"))
        if False in value:
            domain |= ~fields.Domain("uuid", "in", receipts._uuids())
        return domain

    def _kkt_forget_receipt(self):
        """A receipt arrived: what was computed of it before is stale."""
        self.invalidate_recordset(_RECEIPT_FIELDS, flush=False)

    def action_view_kkt_receipts(self):
        self.ensure_one()
        domain = [("uuid", "=", self.uuid)]
        action = {
            "name": _("Fiscal Receipts"),
            "type": "ir.actions.act_window",
            "res_model": "kkt.receipt",
            "view_mode": "list,form",
            "domain": domain,
        }
        if self.kkt_receipt_count == 1:
            action |= {"view_mode": "form", "res_id": self.kkt_receipt_id.id}
        return action

    @api.model
    def kkt_original(self, uuids):
        """Fiscal documents of orders, so that a refund can name its original.

        :param list uuids: uuids of orders
        :returns: ``{uuid: {fn, fd, fp, date, …}}`` for those that have one, as in
            ``kkt_fiscal``
        """
        if not isinstance(uuids, list) or len(uuids) > 100:
            raise UserError(_("Up to 100 orders can be asked for at once."))
        receipts = self.env["kkt.receipt"]
        receipts.check_access("read")
        # A shop takes back what another one sold.
        receipts = receipts.sudo().search(
            [
                ("uuid", "in", [uuid for uuid in uuids if isinstance(uuid, str)]),
                ("company_id", "in", self.env.companies.ids),
            ],
            order="attempt",
        )
        return {receipt.uuid: receipt._fiscal() for receipt in receipts}

    # ------------------------------------------------------------------
    # Lock: what was signed stays as it was signed
    # ------------------------------------------------------------------

    def _kkt_signed(self):
        """Those of the orders that have a fiscal receipt."""
        uuids = [uuid for uuid in self.mapped("uuid") if uuid]
        if not uuids:
            return self.browse()
        receipts = self.env["kkt.receipt"].sudo()
        signed = set(receipts.search([("uuid", "in", uuids)]).mapped("uuid"))
        return self.filtered(lambda order: order.uuid in signed)

    def _kkt_locked(self):
        """Signed and settled, and not being written by a synchronisation right now.

        A draft is still open: the page that had it signed has yet to send its content.
        """
        syncing = self.env.cr.cache.get(SYNCING, ())
        settled = self.filtered(
            lambda order: order.state != "draft" and order.uuid not in syncing
        )
        return settled._kkt_signed()

    def _kkt_refuse_change(self):
        """Raise for orders, lines and payments alike; ``self`` are the orders."""
        for order in self._kkt_locked():
            raise UserError(
                _(
                    "Order %(order)s has a fiscal receipt (%(receipt)s) and cannot be "
                    "changed or deleted. Return the goods with a refund instead.",
                    order=order.name,
                    receipt=order.kkt_receipt_id.sudo().display_name,
                )
            )

    def write(self, vals):
        changed = self.filtered(lambda order: order._kkt_changes(vals))
        changed._kkt_refuse_change()
        if vals.get("state") in ("draft", "cancel") or "uuid" in vals:
            turned = self.filtered(
                lambda order: order.state != vals.get("state", order.state)
                or order.uuid != vals.get("uuid", order.uuid)
            )
            turned -= self.browse(self.env.cr.cache.get(REOPENING, ()))
            for order in turned._kkt_signed():
                raise UserError(
                    _(
                        "Order %s has a fiscal receipt and cannot be cancelled or set "
                        "back to draft. Return the goods with a refund instead.",
                        order.name,
                    )
                )
        return super().write(vals)

    def _kkt_changes(self, vals):
        """Would these values alter what the receipt attests?"""
        self.ensure_one()
        for name in _ATTESTED:
            if name in vals and differs(self, name, vals[name]):
                return True
        return False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kkt_signed(self):
        for order in self._kkt_signed():
            raise UserError(
                _(
                    "Order %s has a fiscal receipt and cannot be deleted. Return the "
                    "goods with a refund instead.",
                    order.name,
                )
            )


def differs(record, name, value):
    """Is the value another than the record's, to the precision of the field?"""
    field = record._fields[name]
    current = record[name]
    if field.type == "monetary":
        return bool(record.currency_id.compare_amounts(current, value or 0.0))
    if field.type == "float":
        digits = field.get_digits(record.env)
        rounding = 10 ** -(digits[1] if digits else 6)
        return abs(current - (value or 0.0)) >= rounding / 2
    return field.convert_to_cache(value, record) != field.convert_to_cache(
        current, record
    )
