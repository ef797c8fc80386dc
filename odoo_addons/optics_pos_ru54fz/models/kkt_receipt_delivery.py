import logging

import psycopg2

from odoo import SUPERUSER_ID, _, api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.modules.registry import Registry
from odoo.tools import mute_logger

from ..tools import messages, wire

_logger = logging.getLogger(__name__)

#: Each fails only when somebody else has just written the same receipt.
_LINK_TRIES = 5


class KktReceipt(models.Model):
    """How fiscal documents come in from the bridges."""

    _inherit = "kkt.receipt"

    @api.model
    def _deliver(self, till, rows):
        """Accept a delivery; one row's refusal does not touch the others."""
        till = till.sudo()
        results = {}
        parsed = {}
        for index, row in enumerate(rows):
            try:
                parsed[index] = messages.parse_receipt(row)
            except wire.WireError as error:
                results[index] = self._refusal(row, "row_invalid", str(error))
        fresh, known = self._fresh(parsed)
        if len(fresh) > 1:
            results |= self._deliver_fresh(till, fresh)
        for index, vals in parsed.items():
            if index in results:
                continue
            receipt = known.get((vals["fn"], vals["fd"]))
            if receipt:
                results[index] = self._repeat(till, receipt, vals)
            else:
                results[index] = self._deliver_row(till, vals)
        self._link_after_commit(
            [
                vals["uuid"]
                for index, vals in parsed.items()
                if results[index]["order"] == "missing"
                and vals["type"] not in messages.CORRECTIONS
            ]
        )
        return [results[index] for index in range(len(rows))]

    @api.model
    def _fresh(self, parsed):
        """The rows that touch nothing on record nor an earlier row, and what is known.

        :returns: ``{index: values}`` and ``{(fn, fd): receipt}``
        """
        if len(parsed) < 2:
            return {}, {}
        documents = [(vals["fn"], vals["fd"]) for vals in parsed.values()]
        attempts = [(vals["uuid"], vals["attempt"]) for vals in parsed.values()]
        self.flush_model(["fn", "fd", "uuid", "attempt"])
        self.env.cr.execute(
            """
            SELECT id, fn, fd, uuid, attempt FROM kkt_receipt
             WHERE (fn, fd) IN %s
             UNION
            SELECT id, fn, fd, uuid, attempt FROM kkt_receipt
             WHERE (uuid, attempt) IN %s
            """,
            [tuple(documents), tuple(attempts)],
        )
        found = self.env.cr.fetchall()
        receipts = self.sudo().browse([row[0] for row in found])
        taken, known = set(), {}
        for receipt, (_id, fn, fd, uuid, attempt) in zip(receipts, found, strict=True):
            taken |= {(fn, fd), (uuid, attempt)}
            known[fn, fd] = receipt
        fresh = {}
        for index, vals in parsed.items():
            names = {(vals["fn"], vals["fd"]), (vals["uuid"], vals["attempt"])}
            if not names & taken:
                fresh[index] = vals
            taken |= names
        return fresh, known

    @api.model
    def _deliver_fresh(self, till, fresh):
        """All in one insert; what that refuses is left to go row by row."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                receipts = self.sudo()._create_facts(till, list(fresh.values()))
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError("The receipt was delivered twice at once") from error
        except (psycopg2.DataError, psycopg2.IntegrityError, ValueError):
            self.env.invalidate_all(flush=False)
            return {}
        receipts._after_delivery(till)
        return {
            index: receipt._result("created")
            for index, receipt in zip(fresh, receipts, strict=True)
        }

    @api.model
    def _deliver_row(self, till, vals):
        row = vals["content"]
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
                receipt = receipts._create_facts(till, [vals])
        except psycopg2.errors.UniqueViolation as error:
            # Delivered twice at the same time. The winner is beyond our snapshot:
            # only a new transaction can tell whether it is the same.
            raise ConcurrencyError("The receipt was delivered twice at once") from error
        except (psycopg2.DataError, psycopg2.IntegrityError, ValueError) as error:
            _logger.exception("Receipt %s of till %s", vals["uuid"], till.code)
            return self._refusal(row, "row_invalid", str(error))
        receipt._after_delivery(till)
        return receipt._result("created")

    @api.model
    def _create_facts(self, till, vals_list):
        """Insert the rows and link them to their shifts and to orders that are here."""
        company = till.company_id
        orders = self.env["pos.order"].sudo()
        uuids = [vals["uuid"] for vals in vals_list]
        orders = orders.search([("uuid", "in", uuids)])
        by_uuid = {order.uuid: order.id for order in orders}
        shifts = self.env["kkt.shift"]._of_receipts(till, vals_list)
        receipts = self.create(
            [
                {
                    **vals,
                    "till_id": till.id,
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                    "timezone": vals["timezone"] or till.timezone,
                    "total": vals["total_kopecks"] / 100,
                    "order_id": by_uuid.get(vals["uuid"], False),
                    "shift_id": shifts[vals["fn"], vals["shift"]],
                }
                for vals in vals_list
            ]
        )
        receipts.flush_recordset()
        orders._kkt_forget_receipt()
        orders._kkt_reopen()
        return receipts

    def _after_delivery(self, till):
        """What else follows from facts that are new."""
        self._note_foreign_inn(till)
        self._end_reservations()
        if self.order_id:
            self.order_id._kkt_compare_total()

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
            # A draft has not what was paid, and maybe not all that was sold.
            "order": "missing" if self._lacks_order() else "linked",
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

    def _note_foreign_inn(self, till):
        """A fact all the same, but the drive is another taxpayer's: tell people."""
        inn = till._company_inn()
        if not inn:
            return
        for receipt in self:
            if not receipt.inn or receipt.inn.strip() == inn:
                continue
            message = _(
                "Document %(fd)s of drive %(fn)s is registered to taxpayer %(inn)s, "
                "the company is %(company)s.",
                fd=receipt.fd,
                fn=receipt.fn,
                inn=receipt.inn,
                company=inn,
            )
            _logger.error("Till %s: %s", till.code, message)
            self.env["kkt.event"]._record(
                "foreign_inn", till, message, {"fn": receipt.fn, "inn": receipt.inn}
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
            # Whoever wrote the receipt meanwhile has committed when this fails: the
            # other side, which has linked it, or a refund that reserves its goods.
            for last in (False,) * (_LINK_TRIES - 1) + (True,):
                try:
                    with Registry(database).cursor() as cr, mute_logger("odoo.sql_db"):
                        env = api.Environment(cr, SUPERUSER_ID, {})
                        env["kkt.receipt"]._link_missing(uuids=uuids)
                    return
                except psycopg2.errors.SerializationFailure:
                    if last:
                        _logger.warning("Receipts left to be linked: %s", uuids)
                except Exception:
                    # What was delivered is committed: its sender must hear so, and the
                    # periodic job links the rest.
                    _logger.exception("Receipts left to be linked: %s", uuids)
                    return

    @api.model
    def _link_missing(self, uuids=None):
        """Link receipts and orders whose transactions could not see each other."""
        self.flush_model(["uuid", "order_id"])
        self.env["pos.order"].flush_model(["uuid"])
        self.env.cr.execute(
            """
            SELECT receipt.id, "order".id
              FROM kkt_receipt receipt
              JOIN pos_order "order" ON "order".uuid = receipt.uuid
             WHERE receipt.order_id IS NULL
               AND (%(every)s OR receipt.uuid = ANY(%(uuids)s))
             LIMIT 1000
            """,
            {"every": uuids is None, "uuids": uuids or []},
        )
        for receipt_id, order_id in self.env.cr.fetchall():
            receipt = self.sudo().browse(receipt_id)
            receipt.order_id = order_id
            receipt.order_id._kkt_forget_receipt()

    @api.model
    def _last_of(self, till):
        """What this database has of the till: ``{fn, fd, count}``, or None.

        Of the drive in use, else of the last one that receipts came from.
        """
        domain = [("till_id", "=", till.id)]
        last = self.sudo().browse()
        if till.fn_serial:
            current = domain + [("fn", "=", till.fn_serial)]
            last = last.search(current, order="fd desc", limit=1)
        last = last or last.search(domain, order="id desc", limit=1)
        if not last:
            return None
        count = last.search_count(domain + [("fn", "=", last.fn)])
        return {"fn": last.fn, "fd": last.fd, "count": count}
