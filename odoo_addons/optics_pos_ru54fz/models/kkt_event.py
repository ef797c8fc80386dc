import hashlib
import json

from odoo import _, api, fields, models
from odoo.exceptions import UserError


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
        ],
        required=True,
        readonly=True,
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

    def write(self, vals):
        raise UserError(_("An incident on record cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("An incident on record cannot be deleted."))
