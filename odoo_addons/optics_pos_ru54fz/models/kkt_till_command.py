from datetime import timedelta
from uuid import uuid4

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

#: A command that nobody obeyed for so long is not carried out any more.
LIFETIME = timedelta(hours=1)

#: What a buffer may be set to (contracts.md, ``PATCH /v1/kkt/buffer``).
CAPACITY = (200, 300)

_ENDED = ("done", "failed", "expired")
_ROLES = {
    "sync_now": "group_kkt_manager",
    "capacity": "group_kkt_admin",
    "dlq_retry": "group_kkt_admin",
    "dlq_resolve": "group_kkt_admin",
    "maintenance": "group_kkt_admin",
}


class KktTillCommand(models.Model):
    """What a person here wants a till's bridge to do; told with the heartbeat."""

    _name = "kkt.till.command"
    _description = "Till Command"
    _order = "id desc"
    _rec_name = "kind"

    till_id = fields.Many2one(
        "kkt.till", string="Till", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, readonly=True, index=True
    )
    # The bridge obeys an id once. A restored database would use its own ids again.
    uuid = fields.Char(required=True, readonly=True, default=lambda self: str(uuid4()))
    kind = fields.Selection(
        [
            ("sync_now", "Synchronise Now"),
            ("capacity", "Set Buffer Capacity"),
            ("dlq_retry", "Retry Dead Letters"),
            ("dlq_resolve", "Resolve a Dead Letter"),
            ("maintenance", "Maintenance"),
        ],
        required=True,
        readonly=True,
    )
    args = fields.Json(string="Parameters", readonly=True)
    args_text = fields.Char(string="What", compute="_compute_args_text")
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("sent", "Sent"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        default="pending",
        index=True,
    )
    fence = fields.Char(string="Fencing Token", readonly=True)
    requested_by_id = fields.Many2one(
        "res.users", string="Requested By", required=True, readonly=True
    )
    sent_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)
    text = fields.Char(string="Result", readonly=True)

    _uuid_unique = models.Constraint("unique (uuid)", "This command exists already.")
    _open_index = models.Index("(till_id) WHERE state IN ('pending', 'sent')")

    @api.depends("kind", "args")
    def _compute_args_text(self):
        for command in self:
            args = command.args or {}
            if command.kind == "capacity":
                text = _("%s receipts", args.get("capacity"))
            elif command.kind == "dlq_retry":
                text = args.get("key") or _("All")
            elif command.kind == "dlq_resolve":
                text = f"{args.get('key')}: {args.get('reason')}"
            elif command.kind == "maintenance":
                text = args.get("reason") or "" if args.get("on") else _("Off")
            else:
                text = ""
            command.args_text = text

    # ------------------------------------------------------------------
    # From people
    # ------------------------------------------------------------------

    @api.model
    def _request(self, till, kind, args):
        """Leave a command for the till's next heartbeat.

        :raises AccessError: managers synchronise, the rest is for administrators
        :raises UserError: the till was never connected, or a bad parameter
        """
        till.ensure_one()
        if not self.env.user.has_group(f"optics_pos_ru54fz.{_ROLES[kind]}"):
            raise AccessError(_("This command needs another role."))
        till.check_access("read")
        if till.state != "active":
            raise UserError(_("Till %s has no credential in force.", till.code))
        commands = self.sudo()
        self._expire(till)
        waiting = commands.search(
            [("till_id", "=", till.id), ("kind", "=", kind), ("state", "=", "pending")]
        )
        same = waiting.filtered(lambda command: (command.args or {}) == args)
        return same[:1] or commands.create(
            {
                "till_id": till.id,
                "company_id": till.sudo().company_id.id,
                "kind": kind,
                "args": args,
                "requested_by_id": self.env.uid,
            }
        )

    # ------------------------------------------------------------------
    # With the heartbeat
    # ------------------------------------------------------------------

    @api.model
    def _apply_results(self, till, results):
        """What became of commands; told again, the first word stands."""
        by_uuid = {uuid: (state, text) for uuid, state, text in results}
        if not by_uuid:
            return
        commands = self.sudo().search(
            [("till_id", "=", till.id), ("uuid", "in", list(by_uuid))]
        )
        for command in commands.filtered(lambda command: command.state not in _ENDED):
            state, text = by_uuid[command.uuid]
            command.write(
                {
                    "state": state,
                    "text": text and text[:1024],
                    "ended_at": fields.Datetime.now(),
                }
            )

    @api.model
    def _expire(self, till=None):
        domain = [
            ("state", "in", ("pending", "sent")),
            ("create_date", "<", fields.Datetime.now() - LIFETIME),
        ]
        if till:
            domain.append(("till_id", "=", till.id))
        late = self.sudo().search(domain)
        if late:
            late.write({"state": "expired", "ended_at": fields.Datetime.now()})

    @api.model
    def _for_holder(self, till):
        """Open commands as the bridge takes them, oldest first; told until a result."""
        self._expire(till)
        commands = self.sudo().search(
            [("till_id", "=", till.id), ("state", "in", ("pending", "sent"))],
            order="id",
            limit=100,
        )
        fence = str(till.lease_token)
        fresh = commands.filtered(
            lambda command: command.state == "pending" or command.fence != fence
        )
        if fresh:
            fresh.write(
                {"state": "sent", "fence": fence, "sent_at": fields.Datetime.now()}
            )
        return [
            {
                "id": command.uuid,
                "fence": till.lease_token,
                "kind": command.kind,
                "args": command.args or {},
            }
            for command in commands
        ]

    # ------------------------------------------------------------------
    # Kept
    # ------------------------------------------------------------------

    def write(self, vals):
        allowed = {"state", "fence", "sent_at", "ended_at", "text"}
        if not self.env.su or vals.keys() - allowed:
            raise UserError(_("A command on record cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("A command on record cannot be deleted."))

    def copy(self, default=None):
        raise UserError(_("A command on record cannot be copied."))


class KktTillCommandRequest(models.TransientModel):
    """The dialog for commands that have parameters."""

    _name = "kkt.till.command.request"
    _description = "Till Command Request"

    till_id = fields.Many2one("kkt.till", string="Till", required=True)
    kind = fields.Selection(
        [
            ("capacity", "Set Buffer Capacity"),
            ("dlq_retry", "Retry Dead Letters"),
            ("dlq_resolve", "Resolve a Dead Letter"),
            ("maintenance", "Maintenance"),
        ],
        required=True,
    )
    capacity = fields.Integer(default=CAPACITY[1])
    key = fields.Char(
        string="Receipt Key", help="Empty: all receipts that were refused for good."
    )
    reason = fields.Char()

    def action_request(self):
        self.ensure_one()
        if self.kind == "capacity":
            least, most = CAPACITY
            if not least <= self.capacity <= most:
                raise UserError(
                    _(
                        "The capacity must be from %(least)s to %(most)s receipts.",
                        least=least,
                        most=most,
                    )
                )
            args = {"capacity": self.capacity}
        elif self.kind == "dlq_retry":
            args = {"key": (self.key or "").strip() or None}
        elif self.kind == "dlq_resolve":
            key, reason = (self.key or "").strip(), (self.reason or "").strip()
            if not key or not reason:
                raise UserError(_("Name the receipt and say what was done about it."))
            args = {"key": key, "reason": reason}
        else:
            reason = (self.reason or "").strip()
            if not reason:
                raise UserError(_("Say why the till is taken out of service."))
            args = {"on": True, "reason": reason}
        self.env["kkt.till.command"]._request(self.till_id, self.kind, args)
        return {"type": "ir.actions.act_window_close"}
