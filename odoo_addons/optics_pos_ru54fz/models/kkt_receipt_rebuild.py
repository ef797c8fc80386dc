import logging
from uuid import uuid4

from odoo import _, models
from odoo.exceptions import AccessError, UserError

from ..tools import wire

_logger = logging.getLogger(__name__)


class KktReceipt(models.Model):
    """An order that neither its page nor its till brings any more.

    The fiscal document says what was sold and how it was paid: that is enough for the
    books and the stock. What it does not say (a customer's file, loyalty) stays lost.
    """

    _inherit = "kkt.receipt"

    def action_rebuild_order(self):
        """Button: the order made anew from the receipt.

        :raises UserError: it is there already, or what exactly is in the way
        """
        self.ensure_one()
        if not self.env.user.has_group("optics_pos_ru54fz.group_kkt_manager"):
            raise AccessError(_("Only a till manager may rebuild an order."))
        self.check_access("read")
        receipt = self.sudo()
        if not receipt._lacks_order():
            raise UserError(_("The order of this receipt is here already."))
        orders = self.env["pos.order"]
        orders._kkt_lock_uuid(receipt.uuid)
        known = orders.sudo().search([("uuid", "=", receipt.uuid)], limit=1)
        known._kkt_reopen()
        if not known or known.state == "draft":
            receipt._rebuild(known)
        orders.sudo().search([("uuid", "=", receipt.uuid)])._kkt_link_receipts()
        _logger.info("Order %s rebuilt by user %s", receipt.uuid, self.env.uid)
        return self.action_view_order()

    def _rebuild(self, draft):
        """In place of what the draft holds: the receipt is the whole of the order."""
        if self.type not in ("sale", "refund"):
            raise UserError(_("A correction has no order of its own."))
        session = self._rebuild_session()
        order = self._rebuild_order(session)
        if draft:
            order["access_token"] = draft.access_token
            for name in ("lines", "payment_ids"):
                order[name] = [(2, record.id, 0) for record in draft[name]] + order[
                    name
                ]
        with self.env["pos.order"]._kkt_acting_as(
            session.user_id, self.company_id
        ) as seller:
            seller.sync_from_ui([order])

    def _rebuild_session(self):
        config = self.till_id.pos_config_id
        session = self.env["pos.session"].search(
            [
                ("config_id", "=", config.id),
                ("state", "not in", ("closing_control", "closed")),
            ],
            limit=1,
        )
        if not session:
            raise UserError(
                _(
                    "No session is open at %s. Open one to have the order created.",
                    config.name,
                )
            )
        return session

    def _rebuild_order(self, session):
        """The receipt as the page would have sent its order; signed amounts."""
        sign = -1 if self.type == "refund" else 1
        try:
            lines = [
                self._rebuild_line(session, item, sign)
                for item in self.content.get("items") or []
            ]
        except wire.WireError as error:
            raise UserError(_("The receipt cannot be read: %s", error)) from error
        total = sum(line["price_subtotal_incl"] for line in lines)
        tax = total - sum(line["price_subtotal"] for line in lines)
        payments, paid = self._rebuild_payments(session, sign)
        name = self.order_name or self.display_name
        return {
            "uuid": self.uuid,
            "name": name,
            "pos_reference": name,
            "state": "paid",
            "session_id": session.id,
            "company_id": self.company_id.id,
            "user_id": session.user_id.id,
            "date_order": str(self.date_utc),
            "pricelist_id": session.config_id.pricelist_id.id,
            "fiscal_position_id": False,
            "partner_id": False,
            "is_refund": sign < 0,
            "amount_total": total,
            "amount_tax": tax,
            "amount_paid": paid - self.change_kopecks / 100,
            "amount_return": -self.change_kopecks / 100,
            "lines": [(0, 0, line) for line in lines],
            "payment_ids": [(0, 0, payment) for payment in payments],
            "general_customer_note": _(
                "Rebuilt from fiscal document %s", self.display_name
            ),
        }

    def _rebuild_line(self, session, item, sign):
        product = self._rebuild_product(item)
        amount = wire.kopecks(item, "sum") / 100
        qty = wire.millionths(item, "qty") / 1_000_000
        company = self.company_id
        taxes = product.taxes_id.filtered(lambda tax: tax.company_id == company)
        vat = str(item.get("vat"))
        if vat not in taxes.mapped("kkt_vat_code"):
            taxes = self._rebuild_taxes(vat) or taxes
        # The receipt's sum has the tax in it, whatever the tax says of prices.
        parts = taxes.with_context(force_price_include=True).compute_all(
            amount / qty, session.currency_id, qty, product=product
        )
        return {
            "uuid": str(uuid4()),
            "product_id": product.id,
            "full_product_name": item.get("name") or product.display_name,
            "qty": sign * qty,
            "price_unit": amount / qty,
            "price_type": "manual",
            "discount": 0,
            "tax_ids": [(6, 0, taxes.ids)],
            "price_subtotal": sign * parts["total_excluded"],
            "price_subtotal_incl": sign * amount,
        }

    def _rebuild_product(self, item):
        products = self.env["product.product"].with_context(active_test=False)
        products = products.with_company(self.company_id)
        company = self.env["product.product"]._check_company_domain(self.company_id)
        sku = item.get("sku")
        found = products.browse()
        if sku:
            found = products.search([*company, ("default_code", "=", sku)])
            found = found or products.search([*company, ("barcode", "=", sku)])
        if not found and item.get("name"):
            found = products.search([*company, ("name", "=", item["name"])])
        if len(found) != 1:
            raise UserError(
                _(
                    "“%(name)s” (%(sku)s) is not exactly one product of Odoo; set its "
                    "internal reference right first.",
                    name=item.get("name"),
                    sku=sku or _("no SKU"),
                )
            )
        return found

    def _rebuild_taxes(self, vat):
        return self.env["account.tax"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("type_tax_use", "=", "sale"),
                ("kkt_vat_code", "=", vat),
            ],
            limit=1,
        )

    def _rebuild_payments(self, session, sign):
        """``(payments, paid)``; Odoo books the change itself, in cash."""
        methods = session.config_id.payment_method_ids
        payments = []
        for payment in self.content.get("payments") or []:
            kind, kopecks = payment.get("method"), wire.kopecks(payment, "amount")
            method = methods.filtered(
                lambda one, kind=kind: one.kkt_payment_type == kind
            )[:1]
            if not method:
                raise UserError(
                    _(
                        "%(shop)s has no payment method for “%(kind)s” (see the "
                        "type for the fiscal receipt).",
                        shop=session.config_id.name,
                        kind=kind,
                    )
                )
            payments.append(self._rebuild_payment(method, sign * kopecks / 100))
        return payments, sum(payment["amount"] for payment in payments)

    def _rebuild_payment(self, method, amount):
        return {
            "uuid": str(uuid4()),
            "payment_method_id": method.id,
            "amount": amount,
            "name": str(self.date_utc),
        }
