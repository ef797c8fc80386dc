from odoo import api, models

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
