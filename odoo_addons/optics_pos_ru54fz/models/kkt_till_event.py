import json
import logging
from datetime import timedelta

from psycopg2.extras import Json, execute_values

from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import bridge_messages, wire
from .kkt_receipt import BigInteger

_logger = logging.getLogger(__name__)

#: A receipt in doubt for longer is something that a person should look at.
_DOUBT_LASTS = timedelta(minutes=5)
#: How far back the periodic job looks for doubts.
_DOUBT_WINDOW = timedelta(days=3)

#: Kinds of the journal's events that end a doubt.
_DOUBT_ENDS = (
    "receipt.fiscalized",
    "receipt.rejected",
    "receipt.cancelled",
    "receipt.resolved",
)

#: Kinds of the journal's events that are incidents, and which.
_INCIDENTS = {
    "dlq.added": "receipt_dead",
    "document.mismatch": "document_mismatch",
    "document.unknown": "document_unknown",
    "lane.stopped": "lane_stopped",
    "refund.released": "refund_released",
    "refund.unreserved": "refund_unreserved",
    "receipt.resolved": "receipt_resolved",
}
_INCIDENT_PREFIX = "incident."


class KktTillEvent(models.Model):
    """The event log of a till's journal. Append-only."""

    _name = "kkt.till.event"
    _description = "Till Event"
    _order = "at desc, id desc"
    _rec_name = "kind"

    till_id = fields.Many2one(
        "kkt.till", string="Till", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, readonly=True, index=True
    )
    journal = fields.Char(required=True, readonly=True)
    seq = BigInteger(string="No.", required=True, readonly=True)
    at = fields.Datetime(string="Time", required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True, index=True)
    key = fields.Char(string="Receipt Key", readonly=True, index="btree_not_null")
    data = fields.Json(readonly=True, help="What was delivered, as delivered.")
    data_text = fields.Text(string="As Delivered", compute="_compute_data_text")

    _seq_unique = models.Constraint(
        "unique (till_id, journal, seq)", "This event is on record already."
    )
    _time_index = models.Index("(till_id, at)")
    _newest_index = models.Index("(at DESC, id DESC)")

    @api.depends("data")
    def _compute_data_text(self):
        for event in self:
            event.data_text = json.dumps(
                event.data or {}, ensure_ascii=False, sort_keys=True
            )

    # ------------------------------------------------------------------
    # Delivery
    # ------------------------------------------------------------------

    @api.model
    def _deliver(self, till, params):
        """Keep what is new of a batch; answers how far this database has the log."""
        till = till.sudo()
        try:
            journal, events = bridge_messages.parse_events(params)
        except wire.WireError as error:
            raise ValidationError(str(error)) from error
        new = self._insert(till, journal, events)
        for event in sorted(new, key=lambda event: event["seq"]):
            self._follow(till, journal, event)
        return {"last_event": self._last_of(till, journal)}

    @api.model
    def _insert(self, till, journal, events):
        """One statement for the batch; returns those that were not here yet."""
        by_seq = {event["seq"]: event for event in events}
        if not by_seq:
            return []
        columns = (
            "till_id, company_id, journal, seq, at, kind, key, data, "
            "create_uid, create_date, write_uid, write_date"
        )
        stamp = (self.env.uid, fields.Datetime.now())
        rows = [
            (
                till.id,
                till.company_id.id,
                journal,
                event["seq"],
                event["at"],
                event["kind"],
                event["key"],
                Json(event["data"]),
                *stamp,
                *stamp,
            )
            for event in by_seq.values()
        ]
        inserted = execute_values(
            self.env.cr._obj,
            f"INSERT INTO kkt_till_event ({columns}) VALUES %s "
            "ON CONFLICT (till_id, journal, seq) DO NOTHING RETURNING seq",
            rows,
            page_size=len(rows),
            fetch=True,
        )
        return [by_seq[seq] for (seq,) in inserted]

    @api.model
    def _last_of(self, till, journal):
        """Highest event of this journal that is here; 0 if none."""
        self.env.cr.execute(
            "SELECT max(seq) FROM kkt_till_event WHERE till_id = %s AND journal = %s",
            [till.id, journal],
        )
        return self.env.cr.fetchone()[0] or 0

    @api.model
    def _follow(self, till, journal, event):
        """What else an event means: a shift, an incident."""
        kind = event["kind"]
        if kind in ("shift.opened", "shift.closed"):
            self.env["kkt.shift"]._from_event(till, event)
        incident = _INCIDENTS.get(kind)
        if kind.startswith(_INCIDENT_PREFIX):
            incident = kind.removeprefix(_INCIDENT_PREFIX)
        elif kind == "receipt.unknown" and event["data"].get("lasts"):
            incident = "receipt_unknown"
        elif kind == "lease.lost" and _was_taken(event["data"]):
            incident = "lease_lost"
        if incident:
            self._incident(till, journal, incident, event)

    @api.model
    def _incident(self, till, journal, kind, event):
        incidents = self.env["kkt.event"]
        kinds = dict(incidents._fields["kind"]._description_selection(self.env))
        told = kind
        kind = kind if kind in kinds else "other"
        message = _message(event["data"])
        if not message:
            message = kinds[kind] if kind != "other" else _("Unknown kind: %s", told)
            details = self._in_words(event["data"])
            message = f"{message}: {details}" if details else message
        if event["key"]:
            message = f"{message} ({event['key']})"
        incidents._record(
            kind,
            till,
            message[:1024],
            {
                "journal": journal,
                "seq": event["seq"],
                "kind": event["kind"],
                "key": event["key"],
                "data": event["data"],
            },
        )

    @api.model
    def _note_lasting_doubts(self):
        """Periodic: receipts in doubt that no later event has ended."""
        now = fields.Datetime.now()
        self.env.cr.execute(
            """
            SELECT doubt.id FROM kkt_till_event doubt
             WHERE doubt.kind = 'receipt.unknown'
               AND doubt.at BETWEEN %s AND %s
               AND NOT EXISTS (
                    SELECT FROM kkt_till_event later
                     WHERE later.till_id = doubt.till_id
                       AND later.journal = doubt.journal
                       AND later.key = doubt.key
                       AND later.seq > doubt.seq
                       AND later.kind IN %s)
               -- A register in doubt stops: whatever it signed since proves an end.
               AND NOT EXISTS (
                    SELECT FROM kkt_receipt receipt
                     WHERE receipt.till_id = doubt.till_id
                       AND (receipt.uuid || ':' || receipt.attempt = doubt.key
                            OR receipt.date_utc > doubt.at))
            """,
            [now - _DOUBT_WINDOW, now - _DOUBT_LASTS, _DOUBT_ENDS],
        )
        for event in self.sudo().browse(row[0] for row in self.env.cr.fetchall()):
            self._incident(
                event.till_id,
                event.journal,
                "receipt_unknown",
                {
                    "seq": event.seq,
                    "kind": event.kind,
                    "key": event.key,
                    "data": event.data or {},
                },
            )

    # ------------------------------------------------------------------
    # Append-only
    # ------------------------------------------------------------------

    def init(self):
        super().init()
        self.env["kkt.audit"]._keep_by_trigger("kkt_till_event", "create_date")

    def write(self, vals):
        raise UserError(_("An event on record cannot be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("An event on record cannot be deleted."))

    def copy(self, default=None):
        raise UserError(_("An event on record cannot be copied."))


def _was_taken(data):
    """A bridge that had the lease met another; a restart alone is no incident."""
    return data.get("why") == "taken_over" and data.get("token") is not None


def _message(data):
    """What the bridge says for people, if it says something."""
    for name in ("text", "message", "reason"):
        value = data.get(name)
        if isinstance(value, dict):
            value = value.get("text")
        if isinstance(value, str) and value:
            return value
    mismatches = data.get("mismatches")
    if isinstance(mismatches, list) and mismatches:
        return "; ".join(str(line) for line in mismatches)
    return None
