from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from ..tools import wire

_ROUTE = {
    "type": "jsonrpc",
    "auth": "kkt_till",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
}


class KktController(http.Controller):
    """What a till's bridge calls (docs/contracts.md, Bridge and Odoo)."""

    @http.route("/kkt/v1/heartbeat", **_ROUTE)
    def heartbeat(self, **params):
        return request.kkt_till._heartbeat(params)

    @http.route("/kkt/v1/lease", **_ROUTE)
    def lease(self, **params):
        return request.kkt_till._lease(params)

    @http.route("/kkt/v1/receipts", **_ROUTE)
    def receipts(self, receipts=None, **_params):
        rows = self._rows(receipts, "receipts")
        return {"results": request.env["kkt.receipt"]._deliver(request.kkt_till, rows)}

    @http.route("/kkt/v1/orders", **_ROUTE)
    def orders(self, orders=None, **_params):
        rows = self._rows(orders, "orders")
        return {
            "results": request.env["pos.order"]._kkt_recover(request.kkt_till, rows)
        }

    @http.route("/kkt/v1/events", **_ROUTE)
    def events(self, **params):
        return request.env["kkt.till.event"]._deliver(request.kkt_till, params)

    @http.route("/kkt/v1/catalogue", **_ROUTE)
    def catalogue(self, **params):
        return request.kkt_till._catalogue(params)

    @http.route("/kkt/v1/refunds", **_ROUTE)
    def refunds(self, **params):
        return request.env["kkt.refund.reservation"]._answer(request.kkt_till, params)

    @staticmethod
    def _rows(value, name):
        try:
            return wire.rows(value, name)
        except wire.WireError as error:
            raise ValidationError(str(error)) from error
