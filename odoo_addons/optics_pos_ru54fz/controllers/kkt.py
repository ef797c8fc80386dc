from odoo import SUPERUSER_ID, http
from odoo.exceptions import AccessDenied, ValidationError
from odoo.http import request
from odoo.tools.misc import get_lang

from ..models.kkt_pairing_code import WINDOW, TooManyTries
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

    @http.route(
        "/kkt/v1/pair",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def pair(self, **_params):
        """The only call without a credential: its pairing code is what it has.

        JSON-RPC like the others, but answered here: an exception would undo the record
        of a wrong try.
        """
        request.session.can_save = False
        request.update_env(user=SUPERUSER_ID, su=True)
        request.update_context(lang=get_lang(request.env, "ru_RU").code)
        body = self._rpc_body()
        address = request.httprequest.remote_addr or ""
        try:
            result = request.env["kkt.till"]._pair(body.get("params"), address)
        except AccessDenied as error:
            data = {"name": "odoo.exceptions.AccessDenied", "message": str(error)}
            return self._rpc(
                body, error={"code": 0, "message": "Refused", "data": data}
            )
        except TooManyTries:
            seconds = int(WINDOW.total_seconds())
            data = {
                "name": "werkzeug.exceptions.TooManyRequests",
                "message": request.env._(
                    "Too many wrong codes; wait %s seconds.", seconds
                ),
                "context": {"retry_after_seconds": seconds},
            }
            error = {"code": 429, "message": "Too many wrong codes", "data": data}
            headers = [("Retry-After", str(seconds))]
            return self._rpc(body, error=error, status=429, headers=headers)
        return self._rpc(body, result=result)

    @staticmethod
    def _rpc_body():
        """A body that is no JSON-RPC holds no code, and counts as a wrong one."""
        if len(request.httprequest.data) > 4096:
            return {}
        try:
            body = request.get_json_data()
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    @staticmethod
    def _rpc(body, status=200, headers=(), **members):
        return request.make_json_response(
            {"jsonrpc": "2.0", "id": body.get("id"), **members},
            headers=[("Cache-Control", "no-store"), *headers],
            status=status,
        )

    @staticmethod
    def _rows(value, name):
        try:
            return wire.rows(value, name)
        except wire.WireError as error:
            raise ValidationError(str(error)) from error
