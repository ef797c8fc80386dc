from odoo import _, api, models

from ..tools import jose
from .pos_config import HIGHEST_DISCOUNT

#: A price that was sold differs from Odoo's by more than this: somebody should look.
PRICE_TOLERANCE = 0.05

#: Percent; discounts are kept with two decimals.
_EPSILON = 0.005


class ApprovalError(ValueError):
    """Why an approval does not cover a discount."""


class PosOrder(models.Model):
    """Discounts and prices of an order that arrives; what was sold is never refused."""

    _inherit = "pos.order"

    @api.model
    def _process_order(self, order, existing_order):
        order_id = super()._process_order(order, existing_order)
        settled = self.browse(order_id).sudo()
        if settled.state != "draft" and settled.config_id.kkt_till_id:
            settled._kkt_check_discount()
            settled._kkt_check_prices()
        return order_id

    # ------------------------------------------------------------------
    # Discounts
    # ------------------------------------------------------------------

    def _kkt_check_discount(self):
        self.ensure_one()
        percent = self._kkt_discount_by_hand()
        config = self.config_id
        if percent <= config.kkt_discount_cashier + _EPSILON:
            return
        most = min(config.kkt_discount_manager, HIGHEST_DISCOUNT)
        if percent > most + _EPSILON:
            kind = "discount_exceeds"
            message = _(
                "Order %(order)s has a discount of %(percent).2f %%, above the "
                "highest that a manager may approve (%(most).2f %%).",
                order=self.name,
                percent=percent,
                most=most,
            )
        else:
            try:
                self._kkt_read_approval(percent)
            except ApprovalError as error:
                kind = "discount_unapproved"
                message = _(
                    "Order %(order)s has a discount of %(percent).2f %% that no "
                    "manager has approved: %(why)s",
                    order=self.name,
                    percent=percent,
                    why=str(error),
                )
            else:
                return
        self.env["kkt.event"]._record(
            kind,
            config.kkt_till_id,
            message,
            {"uuid": self.uuid, "percent": round(percent, 2)},
        )

    def _kkt_discount_by_hand(self):
        """The highest discount of a line in per cent, typed prices included.

        Rewards, coupons and price lists are not given by hand: they are lines and
        prices of their own.
        """
        return max(
            (line._kkt_discount_by_hand() for line in self._kkt_goods()), default=0.0
        )

    def _kkt_goods(self):
        """The lines without advances: those are money for money, whatever the product
        of a gift card, a wallet or a down payment costs in the list.
        """
        kinds = self.lines._kkt_kinds()
        return self.lines.filtered(lambda line: kinds[line] == "goods")

    def _kkt_read_approval(self, percent):
        """The claims of the approval that covers this discount.

        :raises ApprovalError: there is none, or not for this order and percentage
        """
        if not self.kkt_approval:
            raise ApprovalError(_("there is no approval."))
        till = self.config_id.kkt_till_id
        try:
            claims = jose.verify(
                self.kkt_approval,
                "kkt-approval+jwt",
                self.env["kkt.approval.key"]._jwks(till),
            )
        except jose.JwsError as error:
            raise ApprovalError(
                _("the approval is not signed by the till's bridge.")
            ) from error
        approved = claims.get("percent")
        if isinstance(approved, bool) or not isinstance(approved, (int, float)):
            approved = 0
        if (claims.get("aud"), claims.get("till"), claims.get("uuid")) != (
            "kkt-approval",
            till.code,
            self.uuid,
        ):
            raise ApprovalError(_("the approval is for another order."))
        if approved + _EPSILON < percent:
            raise ApprovalError(_("the approval is for %s %% only.", approved))
        return claims

    # ------------------------------------------------------------------
    # Prices
    # ------------------------------------------------------------------

    def _kkt_check_prices(self):
        """Prices that a till sold offline may be older than Odoo's."""
        self.ensure_one()
        for line in self._kkt_goods():
            expected = line._kkt_price_now()
            # A typed price is a decision, not an error.
            if not expected or line.price_type == "manual":
                continue
            difference = line.price_unit - expected
            if abs(difference) <= PRICE_TOLERANCE * expected + 0.005:
                continue
            self.env["kkt.event"]._record(
                "price_differs",
                self.config_id.kkt_till_id,
                _(
                    "Order %(order)s: %(product)s was sold for %(sold).2f, Odoo's "
                    "price is %(price).2f.",
                    order=self.name,
                    product=line.full_product_name or line.product_id.display_name,
                    sold=line.price_unit,
                    price=expected,
                ),
                {
                    "uuid": self.uuid,
                    "line": line.uuid,
                    "sold": line.price_unit,
                },
            )


class PosOrderLine(models.Model):
    _inherit = "pos.order.line"

    def _kkt_is_sold_by_list(self):
        """Is the line's price that of the price list, unless somebody typed another?"""
        self.ensure_one()
        # Rewards are there where pos_loyalty is.
        reward = "is_reward_line" in self._fields and self.is_reward_line
        return self.qty > 0 and not (
            reward
            or self.refunded_orderline_id
            or self.combo_parent_id
            or self.combo_line_ids
        )

    def _kkt_discount_by_hand(self):
        """Per cent below what the price list, or the settled sale order, says.

        By the same rule as the page's priced_lines.ts: an approval is for its figure.
        """
        if not self._kkt_is_sold_by_list():
            return 0.0
        agreed = self.sale_order_line_id
        # A sales order that is settled brings its own price as "automatic".
        expected = self.price_unit
        if self.price_type == "manual":
            expected = agreed.kkt_unit_price if agreed else self._kkt_price_now()
        left = 100 - self.discount
        if expected > 0:
            left *= self.price_unit / expected
        if agreed.discount >= 100:
            return 0.0
        return 100 - left / (1 - agreed.discount / 100)

    def _kkt_price_now(self):
        """Odoo's price of the product, as the page would charge it; 0: not known.

        Of the order's price list as it is today.
        """
        if not self._kkt_is_sold_by_list() or self.sale_order_origin_id:
            return 0.0
        order = self.order_id
        product = self.product_id
        # Goods that nobody knew: no list has a price for them.
        if self.kkt_name and product == order.config_id.kkt_hand_product_id:
            return 0.0
        if order.pricelist_id:
            price = order.pricelist_id._get_product_price(
                product, self.qty, currency=order.currency_id
            )
        else:
            price = product.lst_price
        price = product._get_tax_included_unit_price_from_price(
            price, product.taxes_id, fiscal_position=order.fiscal_position_id
        )
        return price + (self.price_extra or 0.0)
