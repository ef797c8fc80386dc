import logging

import psycopg2

from odoo import SUPERUSER_ID, _, api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.modules.registry import Registry
from odoo.tools import mute_logger

from ..tools import messages, wire

_logger = logging.getLogger(__name__)


class KktReceipt(models.Model):
    """How fiscal documents come in from the bridges."""

    _inherit = "kkt.receipt"

    @api.model
    def _deliver(self, till, rows):
        """Accept a delivery; one row's refusal does not touch the others."""
        results = [self._deliver_row(till, row) for row in rows]
        self._link_missing(till)
        self._link_after_commit(
            [
                row["uuid"]
                for row in results
                if row["order"] == "missing" and row["uuid"]
            ]
        )
        return results

    @api.model
    def _deliver_row(self, till, row):
        try:
            vals = messages.parse_receipt(row)
        except wire.WireError as error:
            return self._refusal(row, "row_invalid", str(error))
        receipts = self.sudo()
        known = receipts.search([("fn", "=", vals["fn"]), ("fd", "=", vals["fd"])])
        if known:
            return self._repeat(till, known, vals)
        rival = receipts.search(
            [("uuid", "=", vals["uuid"]), ("attempt", "=", vals["attempt"])]
        )
        if rival:
            return self._incident(
                till,
                row,
                "attempt_conflict",
                _(
                    "Attempt %(attempt)s of order %(uuid)s is on record as document "
                    "%(known)s; another document %(fd)s of drive %(fn)s was delivered.",
                    attempt=vals["attempt"],
                    uuid=vals["uuid"],
                    known=rival.display_name,
                    fd=vals["fd"],
                    fn=vals["fn"],
                ),
            )
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                receipt = receipts._create_fact(till, vals)
        except psycopg2.errors.UniqueViolation as error:
            # Delivered twice at the same time. The winner is beyond our snapshot:
            # only a new transaction can tell whether it is the same.
            raise ConcurrencyError("The receipt was delivered twice at once") from error
        except (psycopg2.DataError, psycopg2.IntegrityError, ValueError) as error:
            _logger.exception("Receipt %s of till %s", vals["uuid"], till.sudo().code)
            return self._refusal(row, "row_invalid", str(error))
        receipt._note_foreign_inn()
        receipt.order_id._kkt_compare_total()
        return receipt._result("created")

    def _create_fact(self, till, vals):
        """Insert the row and link it to its order, if that is here."""
        currency = till.sudo().company_id.currency_id
        order = (
            self.env["pos.order"].sudo().search([("uuid", "=", vals["uuid"])], limit=1)
        )
        receipt = self.create(
            {
                **vals,
                "till_id": till.id,
                "company_id": till.sudo().company_id.id,
                "currency_id": currency.id,
                "timezone": vals["timezone"] or till.sudo().timezone,
                "total": vals["total_kopecks"] / 100,
                "order_id": order.id,
            }
        )
        receipt.flush_recordset()
        order._kkt_forget_receipt()
        return receipt

    @api.model
    def _repeat(self, till, known, vals):
        """The same document again: known, updated, or not the same at all."""
        row = vals["content"]
        if known.company_id != till.sudo().company_id:
            return self._incident(
                till,
                row,
                "foreign_document",
                _(
                    "Document %(fd)s of drive %(fn)s is on record for another company.",
                    fd=vals["fd"],
                    fn=vals["fn"],
                ),
            )
        names = messages.differences(known.content, row)
        if names:
            return self._incident(
                till,
                row,
                "content_differs",
                _(
                    "Document %(fd)s of drive %(fn)s is on record with different "
                    "content (%(names)s).",
                    fd=vals["fd"],
                    fn=vals["fn"],
                    names=", ".join(names),
                ),
            )
        status = "known"
        if vals["ofd_delivered"] and not known.ofd_delivered:
            known.write({"ofd_delivered": True})
            status = "updated"
        return known._result(status)

    def _result(self, status):
        return {
            "uuid": self.uuid,
            "attempt": self.attempt,
            "fn": self.fn,
            "fd": self.fd,
            "status": status,
            "server_timestamp": wire.iso(self.server_timestamp),
            "order": "linked" if self.order_id else "missing",
            "error": None,
        }

    @api.model
    def _refusal(self, row, code, message):
        return {
            **messages.identity(row),
            "status": "refused",
            "server_timestamp": wire.iso(fields.Datetime.now()),
            "order": "missing",
            "error": {"code": code, "message": message},
        }

    @api.model
    def _incident(self, till, row, kind, message):
        _logger.error("Till %s: %s", till.sudo().code, message)
        self.env["kkt.event"]._record(kind, till.sudo(), message, row)
        return self._refusal(row, kind, message)

    def _note_foreign_inn(self):
        """A fact all the same, but the drive is another taxpayer's: tell people."""
        inn = self.till_id._company_inn()
        if self.inn and inn and self.inn.strip() != inn:
            message = _(
                "Document %(fd)s of drive %(fn)s is registered to taxpayer %(inn)s, "
                "the company is %(company)s.",
                fd=self.fd,
                fn=self.fn,
                inn=self.inn,
                company=inn,
            )
            _logger.error("Till %s: %s", self.till_id.code, message)
            self.env["kkt.event"]._record(
                "foreign_inn", self.till_id, message, {"fn": self.fn, "inn": self.inn}
            )

    @api.model
    def _link_after_commit(self, uuids):
        """Look again when this transaction is visible to all.

        Receipt and order of a sale arrive in the same second, on connections of their
        own: neither transaction sees the other's row. Of two that look again after
        their commit, the later one sees both.
        """
        if not uuids:
            return
        database = self.env.cr.dbname

        @self.env.cr.postcommit.add
        def link():
            try:
                with Registry(database).cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    env["kkt.receipt"]._link_missing(uuids=uuids)
            except psycopg2.errors.SerializationFailure:
                _logger.debug("The other side links %s", uuids)
            except Exception:
                # What was delivered is committed: its sender must hear so, and the
                # periodic job links the rest.
                _logger.exception("Receipts and orders left to be linked: %s", uuids)

    @api.model
    def _link_missing(self, till=None, uuids=None):
        """Link receipts and orders whose transactions could not see each other."""
        domain = [("order_id", "=", False)]
        if till:
            domain.append(("till_id", "=", till.id))
        if uuids is not None:
            domain.append(("uuid", "in", uuids))
        waiting = self.sudo().search(domain)
        orders = (
            self.env["pos.order"]
            .sudo()
            .search([("uuid", "in", waiting.mapped("uuid"))])
        )
        by_uuid = {order.uuid: order for order in orders}
        for receipt in waiting:
            if receipt.uuid in by_uuid:
                receipt.order_id = by_uuid[receipt.uuid]
                receipt.order_id._kkt_forget_receipt()

    @api.model
    def _last_of(self, till):
        """What this database last has of the till: ``{fn, fd}``, or None."""
        domain = [("till_id", "=", till.id)]
        last = self.browse()
        if till.fn_serial:
            current = domain + [("fn", "=", till.fn_serial)]
            last = self.sudo().search(current, order="fd desc", limit=1)
        last = last or self.sudo().search(domain, order="id desc", limit=1)
        return {"fn": last.fn, "fd": last.fd} if last else None
