import hashlib
import json

from odoo import _, api, fields, models
from odoo.exceptions import UserError

#: Alerts whose incidents come with the event log (docs/contracts.md, ``events``).
_TOLD_BY_EVENTS = frozenset({"lane_stopped", "document_mismatch", "lease_lost"})


class KktEvent(models.Model):
    """Something that a person should look at. Append-only."""

    _name = "kkt.event"
    _description = "Till Incident"
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
            ("price_differs", "Sold for another price than Odoo's"),
            ("other", "Other"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    message = fields.Char(required=True, readonly=True)
    data = fields.Json(readonly=True, help="What was delivered, as delivered.")
    data_text = fields.Text(string="Details", compute="_compute_data_text")
    digest = fields.Char(required=True, readonly=True)

    _digest_unique = models.Constraint("unique (digest)", "This is on record already.")

    @api.depends("data")
    def _compute_data_text(self):
        for event in self:
            event.data_text = json.dumps(
                event.data or {}, ensure_ascii=False, indent=2, sort_keys=True
            )

    @api.model
    def _record(self, kind, till, message, data):
        """Put an incident on record once, however often it is delivered."""
        text = json.dumps([kind, till.id, data], sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()
        events = self.sudo()
        event = events.search([("digest", "=", digest)], limit=1)
        return event or events.create(
            {
                "till_id": till.id,
                "company_id": till.company_id.id,
                "kind": kind,
                "message": message,
                "data": data,
                "digest": digest,
            }
        )

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
