import hashlib
from contextlib import contextmanager

import psycopg2

from odoo import _, api, models
from odoo.exceptions import ConcurrencyError

from .pos_order import REOPENING, SYNCING


class PosOrder(models.Model):
    """Orders come from their page, their receipts from a bridge, in any order."""

    _inherit = "pos.order"

    @contextmanager
    def _kkt_syncing(self, uuid):
        """While the content of this order comes from its page, the lock lets it in."""
        cache = self.env.cr.cache
        before = cache.get(SYNCING, frozenset())
        cache[SYNCING] = before | {uuid}
        try:
            yield
        finally:
            cache[SYNCING] = before

    def _kkt_reopen(self):
        """Signed all the same: the page or the till has yet to bring what was sold.

        Odoo lets one till cancel the draft that another one is just being paid for.
        """
        cancelled = self.filtered(lambda order: order.state == "cancel")
        cache = self.env.cr.cache
        before = cache.get(REOPENING, ())
        cache[REOPENING] = (*before, *cancelled.ids)
        try:
            cancelled.write({"state": "draft"})
        finally:
            cache[REOPENING] = before

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._kkt_link_receipts()
        return orders

    def _kkt_link_receipts(self):
        receipts = (
            self.env["kkt.receipt"]
            .sudo()
            .search([("uuid", "in", self.mapped("uuid")), ("order_id", "=", False)])
        )
        by_uuid = {order.uuid: order for order in self}
        for receipt in receipts:
            receipt.order_id = by_uuid[receipt.uuid]
        if receipts:
            self._kkt_forget_receipt()
        waiting = self.filtered(
            lambda order: order.config_id.kkt_till_id and not order.kkt_receipt_id
        )
        receipts._link_after_commit(waiting.mapped("uuid"))

    @api.model
    def _process_order(self, order, existing_order):
        uuid = order.get("uuid")
        self.env["pos.order.line"]._kkt_name_originals(order)
        with self._kkt_syncing(uuid):
            order_id = super()._process_order(order, existing_order)
        arrived = self.browse(order_id)
        arrived.lines._kkt_link_refunds()
        arrived._kkt_compare_total()
        return order_id

    def _kkt_compare_total(self):
        """The receipt is the fact; an order of another total needs a person."""
        for order in self.sudo().filtered(lambda order: order.state != "draft"):
            receipt = order.kkt_receipt_id
            # Rounding of the total goes downwards, by kopecks only.
            if receipt and not -0.005 < receipt.order_difference < 0.995:
                self.env["kkt.event"]._record(
                    "total_differs",
                    receipt.till_id,
                    _(
                        "Order %(order)s and its fiscal receipt (%(receipt)s) differ "
                        "by %(difference).2f.",
                        order=order.name,
                        receipt=receipt.display_name,
                        difference=receipt.order_difference,
                    ),
                    {"uuid": order.uuid, "difference": receipt.order_difference},
                )

    @api.model
    def _get_refunded_orders(self, order):
        """Stock tells the shop of the sale about its refund, with the cashier's rights.

        Where these do not reach that shop the whole refund would be refused; a shop
        takes back what another one sold, and the lines know their sale all the same.
        """
        refunded = super()._get_refunded_orders(order)
        if len(refunded) > 1:
            return refunded
        return refunded.filtered(lambda sale: sale.config_id.has_access("read"))

    @api.model
    def sync_from_ui(self, orders):
        self._kkt_serialise(orders)
        try:
            return super().sync_from_ui(orders)
        except psycopg2.errors.UniqueViolation as error:
            # The same order came twice at once and the winner is beyond our snapshot.
            # To the page the stock answer is a failure: it puts the order to draft.
            if error.diag.constraint_name == "pos_order_unique_uuid":
                raise ConcurrencyError("The order was sent twice at once") from error
            raise

    @api.model
    def _kkt_serialise(self, orders):
        """One transaction at a time brings an order of a till's Point of Sale."""
        sessions = self.env["pos.session"].sudo()
        for order in sorted(orders, key=lambda order: str(order.get("uuid"))):
            session = sessions.browse(order.get("session_id") or 0).exists()
            if session.config_id.kkt_till_id:
                self._kkt_lock_uuid(order.get("uuid"))

    @api.model
    def _kkt_lock_uuid(self, uuid):
        digest = hashlib.sha256(f"pos.order:{uuid}".encode()).digest()
        self.env.cr.execute(
            "SELECT pg_advisory_xact_lock(%s)",
            [int.from_bytes(digest[:8], "big", signed=True)],
        )
