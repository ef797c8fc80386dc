import json
import logging
from contextlib import contextmanager

import psycopg2

from odoo import _, api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import mute_logger

from ..tools import messages, wire
from .pos_order import UNSETTLED

_logger = logging.getLogger(__name__)


class PosOrder(models.Model):
    """Orders that only a bridge still has: their page is gone, or never got through."""

    _inherit = "pos.order"

    @api.model
    def _kkt_recover(self, till, rows):
        """Create missing orders from the blobs that the bridge keeps."""
        return [self._kkt_recover_row(till.sudo(), row) for row in rows]

    @api.model
    def _kkt_recover_row(self, till, row):
        uuid = row.get("uuid") if isinstance(row, dict) else None
        try:
            uuid, order = self._kkt_read_blob(row)
            self._kkt_lock_uuid(uuid)
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                status = self._kkt_recover_order(till, uuid, order)
        except wire.WireError as error:
            return _answer(uuid, "refused", "row_invalid", str(error))
        except _Refusal as refusal:
            return _answer(uuid, "refused", refusal.code, refusal.message)
        except (psycopg2.OperationalError, ConcurrencyError):
            raise
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError("The order was sent twice at once") from error
        except Exception as error:  # the content is the page's, not ours to foresee
            _logger.exception("Order %s of till %s", uuid, till.code)
            return _answer(uuid, "refused", "order_invalid", str(error))
        return _answer(uuid, status)

    @api.model
    def _kkt_read_blob(self, row):
        if not isinstance(row, dict):
            raise wire.WireError("orders", "must hold objects")
        uuid = wire.text(row, "uuid", longest=64)
        blob = wire.text(row, "blob", longest=messages.MAX_BLOB_CHARS)
        try:
            order = json.loads(blob)
        except ValueError as error:
            raise wire.WireError("blob", "must be JSON text") from error
        if not isinstance(order, dict) or order.get("uuid") != uuid:
            raise wire.WireError("blob", "must be the order with this uuid")
        if order.get("state") not in ("paid", "done"):
            raise wire.WireError("blob.state", "must be paid")
        session_id = order.get("session_id")
        if isinstance(session_id, bool) or not isinstance(session_id, int):
            raise wire.WireError("blob.session_id", "must be the ID of a session")
        return uuid, order

    @api.model
    def _kkt_recover_order(self, till, uuid, order):
        orders = self.sudo().with_company(till.company_id)
        known = orders.search([("uuid", "=", uuid)], limit=1)
        if known and known.state not in UNSETTLED:
            known._kkt_link_receipts()
            return "known"
        receipt = self.env["kkt.receipt"].sudo().search([("uuid", "=", uuid)], limit=1)
        if receipt.company_id != till.company_id:
            raise _Refusal(
                "receipt_missing",
                _("No fiscal receipt of this order is on record; deliver it first."),
            )
        session = self.env["pos.session"].sudo().browse(order["session_id"]).exists()
        if session.config_id != till.pos_config_id:
            raise _Refusal(
                "session_foreign",
                _("The order's session does not belong to the till's Point of Sale."),
            )
        if session.state in ("closing_control", "closed"):
            session = session.search(
                [
                    ("config_id", "=", session.config_id.id),
                    ("state", "not in", ("closing_control", "closed")),
                ],
                limit=1,
            )
        if not session:
            raise _Refusal(
                "session_closed",
                _(
                    "No session is open at %s. Open one to have the order created.",
                    till.pos_config_id.name,
                ),
            )
        if known:
            known._kkt_reopen()
            known._kkt_complete_with(order)
        with self._kkt_acting_as(session.user_id, till.company_id) as seller:
            seller.sync_from_ui([order])
        orders.search([("uuid", "=", uuid)])._kkt_link_receipts()
        _logger.info("Order %s created from the bridge of till %s", uuid, till.code)
        return "created"

    def _kkt_complete_with(self, order):
        """Of lines and payments that the draft has already none is made anew.

        The till's copy is from before the page brought the draft: each seems new in it.
        """
        for name in ("lines", "payment_ids"):
            here = {record.uuid: record.id for record in self[name]}
            order[name] = [
                _as_update(command, here) for command in order.get(name) or []
            ]
        order["access_token"] = self.access_token

    @contextmanager
    def _kkt_acting_as(self, user, company):
        """With the rights of the person at the till, not with the bridge's.

        Odoo checks some relations by the transaction's default user, whoever asks.
        """
        seller = (
            self.with_user(user)
            .with_context(allowed_company_ids=company.ids)
            .with_company(company)
        )
        transaction = self.env.transaction
        before = transaction.default_env
        transaction.default_env = seller.env
        try:
            yield seller
            seller.env.flush_all()
        finally:
            transaction.default_env = before


def _as_update(command, here):
    code, _id, vals = command if len(command) == 3 else (*command, None)
    known = here.get(vals.get("uuid")) if code == 0 and isinstance(vals, dict) else None
    return (1, known, vals) if known else command


class _Refusal(Exception):
    """A row that cannot be taken now, with a stable code."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code
        self.message = message


def _answer(uuid, status, code=None, message=None):
    error = {"code": code, "message": message} if code else None
    return {"uuid": uuid, "status": status, "error": error}
