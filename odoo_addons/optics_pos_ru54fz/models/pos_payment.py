from odoo import api, models

from .pos_order import differs

#: What of a payment the fiscal receipt attests.
_ATTESTED = ("pos_order_id", "amount", "payment_method_id", "is_change")


class PosPayment(models.Model):
    _inherit = "pos.payment"

    @api.model_create_multi
    def create(self, vals_list):
        order_ids = {
            vals["pos_order_id"] for vals in vals_list if vals.get("pos_order_id")
        }
        self.env["pos.order"].browse(order_ids)._kkt_refuse_change()
        return super().create(vals_list)

    def write(self, vals):
        names = [name for name in _ATTESTED if name in vals]
        if names:
            changed = self.filtered(
                lambda payment: any(
                    differs(payment, name, vals[name]) for name in names
                )
            )
            changed.pos_order_id._kkt_refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kkt_locked(self):
        self.pos_order_id._kkt_refuse_change()
