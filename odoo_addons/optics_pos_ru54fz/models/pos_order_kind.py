from odoo import models

#: Programs whose balance is money that was paid before.
_PAID_BEFORE = ("gift_card", "ewallet")

#: Tag 1214 up to here: money before the goods.
_LAST_BEFORE_GOODS = 3


class PosOrderLine(models.Model):
    """What a line is for its receipt, by the same rule as the page's line_kind.ts."""

    _inherit = "pos.order.line"

    def _kkt_kinds(self):
        """``{line: "goods" | "advance" | "advance_offset"}``.

        ``goods`` are sold or given back, or a discount; ``advance`` is money taken
        before the goods, or given back; ``advance_offset`` is such money that now pays
        (tag 1215), or gets its own back.
        """
        sold = self._kkt_balance_products()
        kinds = {}
        for line in self:
            order = line.order_id
            if not (line._kkt_is_down_payment() or line._kkt_is_balance(sold)):
                kinds[line] = "goods"
                continue
            refund = order.is_refund or order.amount_total < 0
            more = line._kkt_signed_amount("price_subtotal_incl") > 0
            kinds[line] = "advance_offset" if more == refund else "advance"
        return kinds

    def _kkt_is_before_goods(self, kind):
        """Its VAT is at the calculated rate: an advance, or a product sold as one."""
        self.ensure_one()
        method = int(self.product_id.kkt_payment_method or 4)
        return kind == "advance" or method <= _LAST_BEFORE_GOODS

    def _kkt_signed_amount(self, field):
        """The line's amount, negative where it lowers the order's total.

        The page stores the lines of a refund without their sign, the server with it.
        """
        self.ensure_one()
        sign = -1 if self.qty * self.price_unit < 0 else 1
        return sign * abs(self[field])

    def _kkt_is_down_payment(self):
        self.ensure_one()
        product = self.order_id.config_id.down_payment_product_id
        return bool(product) and self.product_id == product

    def _kkt_is_balance(self, sold):
        """The balance of a gift card or wallet is sold, or pays.

        :param dict sold: as ``_kkt_balance_products`` gives it
        """
        self.ensure_one()
        # Rewards are there where pos_loyalty is.
        if "is_reward_line" in self._fields and self.is_reward_line:
            line = self.sudo()
            program = line.reward_id.program_id or line.coupon_id.program_id
            return program.program_type in _PAID_BEFORE
        return self.product_id in sold[self.order_id.config_id]

    def _kkt_balance_products(self):
        """``{config: products}`` by which gift cards and wallets get their balance.

        Of every program that the pages there may load: one that ended meanwhile still
        tells what its product was sold for.
        """
        programs = self.env.get("loyalty.program")
        loyalty = programs is not None and "pos_config_ids" in programs._fields
        sold = {}
        for config in self.order_id.config_id:
            sold[config] = self.env["product.product"]
            if not loyalty:
                continue
            companies = config.company_id.sudo().parent_ids
            sold[config] = (
                programs.sudo()
                .search(
                    [
                        ("program_type", "in", _PAID_BEFORE),
                        ("pos_ok", "=", True),
                        ("pos_config_ids", "in", [False, config.id]),
                        ("company_id", "in", [False, *companies.ids]),
                        ("currency_id", "=", config.currency_id.id),
                    ]
                )
                .trigger_product_ids
            )
        return sold
