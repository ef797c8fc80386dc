import hashlib
import json
import logging

import psycopg2

from odoo import _, api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

#: Alerts whose incidents come with the event log (docs/contracts.md, ``events``).
_TOLD_BY_EVENTS = frozenset({"lane_stopped", "document_mismatch", "lease_lost"})

#: Told of for the record: nobody has to do anything, or an alert says so already.
_NO_TASK = frozenset(
    {
        "receipt_resolved",
        "refund_released",
        "stale_fence",
        "lane_stopped",
        "ofd_rejected",
        "lease_lost",
        "heartbeat_lost",
        "odoo_lost_receipts",
        "alert",
    }
)
#: Tasks of the accountant; the others are a manager's.
_OF_ACCOUNTANT = frozenset(
    {"negative_stock", "stock_differs", "total_differs", "item_by_hand"}
)


class KktEvent(models.Model):
    """Something that a person should look at. Append-only."""

    _name = "kkt.event"
    _description = "Till Incident"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"
    _order = "id desc"
    _rec_name = "message"

    till_id = fields.Many2one(
        "kkt.till", string="Till", readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(
        [
            ("content_differs", "Same fiscal document, different content"),
            ("attempt_conflict", "Same attempt, different fiscal document"),
            ("foreign_document", "Fiscal document of another company"),
            ("foreign_inn", "Fiscal drive registered to another taxpayer"),
            ("total_differs", "Order total differs from the receipt"),
            ("duplicate", "Two fiscal documents of one sale"),
            ("document_mismatch", "Fiscal document differs from the request"),
            ("document_unknown", "Fiscal document of nobody's request"),
            ("document_unknown_to_journal", "Fiscal document that the till had lost"),
            ("receipt_unknown", "Receipt in doubt"),
            ("receipt_resolved", "Receipt resolved by a person"),
            ("receipt_dead", "Receipt refused for good"),
            ("refund_released", "Refund released by a manager"),
            ("refund_unreserved", "Refund without a reservation"),
            ("lane_stopped", "Register stopped"),
            ("ofd_rejected", "Document refused by the OFD"),
            ("stale_fence", "Message of a bridge that lost its lease"),
            ("lease_lost", "Two bridges for one till"),
            ("heartbeat_lost", "No word from the till"),
            ("odoo_lost_receipts", "Receipts lost by Odoo, delivered again"),
            ("alert", "Alert of the till"),
            ("discount_exceeds", "Discount above the highest"),
            ("discount_unapproved", "Discount that no manager approved"),
            ("negative_stock", "Sold below the stock"),
            ("stock_differs", "Stock moves differ from what was sold"),
            ("order_missing", "Receipt without an order"),
            ("receipt_missing", "Order without a fiscal receipt"),
            ("receipt_gap", "Receipts of a shift are missing"),
            ("price_differs", "Sold for another price than Odoo's"),
            ("item_by_hand", "Goods entered by hand"),
            ("other", "Other"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    message = fields.Char(required=True, readonly=True)
    receipt_id = fields.Many2one(
        "kkt.receipt", string="Fiscal Receipt", compute="_compute_receipt_id"
    )
    data = fields.Json(readonly=True, help="What was delivered, as delivered.")
    data_text = fields.Text(string="As Delivered", compute="_compute_data_text")
    digest = fields.Char(required=True, readonly=True)

    _digest_unique = models.Constraint("unique (digest)", "This is on record already.")

    @api.depends("data")
    def _compute_data_text(self):
        for event in self:
            event.data_text = json.dumps(
                event.data or {}, ensure_ascii=False, indent=2, sort_keys=True
            )

    @api.depends("data")
    def _compute_receipt_id(self):
        """The receipt that the incident names by its document or its order."""
        receipts = self.env["kkt.receipt"]
        for event in self:
            data = event.data if isinstance(event.data, dict) else {}
            uuid = data.get("uuid") or str(data.get("key") or "").rpartition(":")[0]
            found = receipts.browse()
            if data.get("fn") and isinstance(data.get("fd"), int):
                found = receipts.search(
                    [("fn", "=", data["fn"]), ("fd", "=", data["fd"])], limit=1
                )
            if not found and isinstance(uuid, str) and uuid:
                found = receipts.search([("uuid", "=", uuid)], limit=1)
            event.receipt_id = found

    def action_view_receipt(self):
        self.ensure_one()
        return self.receipt_id._open(self.receipt_id)

    @api.model
    def _record(self, kind, till, message, data):
        """Put an incident on record once, however often it is delivered."""
        text = json.dumps([kind, till.id, data], sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()
        events = self.sudo()
        event = events.search([("digest", "=", digest)], limit=1)
        if not event:
            event = events.with_context(
                mail_create_nolog=True, mail_create_nosubscribe=True
            ).create(
                {
                    "till_id": till.id,
                    "company_id": till.company_id.id,
                    "kind": kind,
                    "message": message,
                    "data": data,
                    "digest": digest,
                }
            )
            event._give_task()
        return event

    def _give_task(self):
        """An activity for the person who looks after it; never at the fact's cost."""
        for event in self.filtered(lambda event: event.kind not in _NO_TASK):
            person = event._person()
            if not person:
                continue
            kinds = dict(event._fields["kind"]._description_selection(event.env))
            try:
                with self.env.cr.savepoint():
                    event.with_context(
                        mail_activity_quick_update=True
                    ).activity_schedule(
                        "mail.mail_activity_data_todo",
                        summary=f"{event.till_id.display_name}: {kinds[event.kind]}",
                        note=event.message,
                        user_id=person.id,
                    )
            except (psycopg2.DataError, psycopg2.IntegrityError, UserError, ValueError):
                _logger.exception("Task of incident %s", event.id)

    def _person(self):
        if self.kind in _OF_ACCOUNTANT:
            group = self.env.ref("optics_pos_ru54fz.group_kkt_accountant").sudo()
            accountants = group.all_user_ids.filtered(
                lambda user: user.active and self.company_id in user.company_ids
            )
            if accountants:
                return accountants.sorted("id")[:1]
        return self.till_id._responsible()

    @api.model
    def _record_alerts(self, till, alerts):
        """Alerts of the first level, once for each time that one begins.

        Those that the event log tells of itself are left to it.
        """
        for alert in alerts:
            if alert["level"] != "p1" or alert["code"] in _TOLD_BY_EVENTS:
                continue
            kind = "ofd_rejected" if alert["code"] == "ofd_rejected" else "alert"
            told = {"code": alert["code"], "since": alert["since"]}
            self._record(kind, till, alert["text"] or alert["code"], told)

    def write(self, vals):
        raise UserError(_("An incident on record cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("An incident on record cannot be deleted."))
