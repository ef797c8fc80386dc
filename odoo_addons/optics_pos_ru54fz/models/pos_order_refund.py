from odoo import models


class PosOrder(models.Model):
    """Money back is what was paid, to the kopeck."""

    _inherit = "pos.order"

    def _get_rounded_amount(self, amount, force_round=False):
        # A refund rounded by the shop's rule for cash would keep kopecks of the buyer,
        # or give more than the fiscal receipt has.
        if amount < 0 and self.config_id.kkt_till_id:
            return self.currency_id.round(amount) if self.currency_id else amount
        return super()._get_rounded_amount(amount, force_round=force_round)
