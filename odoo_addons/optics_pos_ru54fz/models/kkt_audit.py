from contextlib import contextmanager
from datetime import timedelta

from odoo import _, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import get_lang

#: How long the audit is kept at least (requirements, Roles).
KEPT_DAYS = 90
KEPT = timedelta(days=KEPT_DAYS)

#: Values that are secrets: that they changed is told, not what they are.
_SECRET = frozenset({"pin", "credential_hash"})
_HIDDEN = "••••"

_LISTS = ("many2many", "one2many")

#: Shorter than any value that a person compares by eye, longer than any price.
_LONGEST = 4000


class KktAudit(models.Model):
    """Who changed a price, a setting or a role, when, from what to what. Append-only.

    One row for each field of each record. The database itself refuses to change a row,
    or to remove one that is not old enough (``_keep_by_trigger``).
    """

    _name = "kkt.audit"
    _description = "Change on Record"
    _order = "id desc"
    _rec_name = "record_name"
    # Who and when are facts of their own here, which no later write may touch.
    _log_access = False

    at = fields.Datetime(
        string="Time",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: fields.Datetime.now(),
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.uid,
    )
    user_name = fields.Char(string="Name at That Time", readonly=True)
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: it concerns all companies.",
    )
    subject = fields.Selection(
        [
            ("price", "Prices"),
            ("pricelist", "Price Lists"),
            ("loyalty", "Loyalty Programs"),
            ("tax", "Taxes"),
            ("settings", "Settings of a Point of Sale"),
            ("till", "Tills"),
            ("role", "Roles and PINs"),
        ],
        string="What About",
        required=True,
        readonly=True,
        index=True,
    )
    what = fields.Selection(
        [("made", "Made"), ("changed", "Changed"), ("removed", "Removed")],
        required=True,
        readonly=True,
        default="changed",
    )
    model = fields.Char(readonly=True)
    res_id = fields.Integer(string="Record ID", readonly=True, aggregator=None)
    record_name = fields.Char(string="Record", readonly=True)
    field_name = fields.Char(string="Technical Name", readonly=True)
    field_label = fields.Char(string="Field", compute="_compute_field_label")
    old_text = fields.Text(string="Before", readonly=True)
    new_text = fields.Text(string="After", readonly=True)

    _record_index = models.Index("(model, res_id)")

    @api.depends("model", "field_name")
    def _compute_field_label(self):
        for row in self:
            field = (
                self.env[row.model]._fields.get(row.field_name)
                if row.model in self.env
                else None
            )
            if row.field_name == "roles":
                row.field_label = _("Roles")
            else:
                row.field_label = (
                    field._description_string(self.env) if field else row.field_name
                )

    # ------------------------------------------------------------------
    # Taking down
    # ------------------------------------------------------------------

    @api.model
    @contextmanager
    def _watching(self, subject, records, names):
        """Take down what the block changes in these fields of these records.

        :param names: fields, those that the records do not have are left out; none:
            nothing is watched
        :returns: a dict, filled when the block ends: ``{record: {name}}`` that changed
        """
        names = [name for name in names if name in records._fields]
        changed = {}
        if not names or not records:
            yield changed
            return
        watched, records = records, self._as_read(records)
        before = {record: self._values(record, names) for record in records}
        self._forget_read(watched, names)
        yield changed
        rows = []
        for record, old in before.items():
            new = self._values(record, names)
            differing = [name for name in names if old[name][0] != new[name][0]]
            if differing:
                changed[record] = set(differing)
            rows += [
                {
                    **self._of(subject, "changed", record),
                    "field_name": name,
                    "old_text": old[name][1],
                    "new_text": new[name][1],
                }
                for name in differing
            ]
        self._forget_read(watched, names)
        self._take_down(rows)

    @api.model
    def _note(self, subject, what, records, names):
        """Take down records that were made, or are about to be removed."""
        rows = []
        for record in self._as_read(records):
            told = self._values(record, [n for n in names if n in record._fields])
            rows += [
                {
                    **self._of(subject, what, record),
                    "field_name": name,
                    "new_text" if what == "made" else "old_text": text,
                }
                for name, (value, text) in told.items()
                if value
            ]
        self._forget_read(records, [n for n in names if n in records._fields])
        self._take_down(rows)

    @api.model
    def _take_down(self, vals_list):
        if not vals_list:
            return
        user = self.env.user.sudo()
        self.sudo().create(
            [{**vals, "user_id": user.id, "user_name": user.name} for vals in vals_list]
        )

    @api.model
    def _as_read(self, records):
        """What is on record for people is Russian, where that is installed."""
        return records.sudo().with_context(
            lang=get_lang(self.env, "ru_RU").code, active_test=False
        )

    @api.model
    def _forget_read(self, records, names):
        """Lists read with all rights are no longer cached for who has less.

        A list is cached once for everybody, filtered by the rights of its first reader:
        the user would be refused at the taxes of a company that is not theirs.
        """
        lists = [n for n in names if records._fields[n].type in _LISTS]
        if lists and not records.env.su:
            records.invalidate_recordset(lists)

    @api.model
    def _of(self, subject, what, record):
        company = record.company_id if "company_id" in record._fields else None
        return {
            "subject": subject,
            "what": what,
            "model": record._name,
            "res_id": record.id,
            "record_name": record.display_name,
            "company_id": company.id if company else False,
        }

    @api.model
    def _values(self, record, names):
        """``{name: (what is compared, what people read)}``."""
        return {name: self._value(record, name) for name in names}

    @api.model
    def _value(self, record, name):
        field, value = record._fields[name], record[name]
        if field.relational:
            compared = frozenset(value.ids)
            text = ", ".join(sorted(one.display_name or "" for one in value))
        elif name in _SECRET:
            compared, text = value or False, _HIDDEN if value else False
        elif field.type == "boolean":
            compared, text = value, self._yes_or_no(record.env, value)
        elif field.type == "selection":
            labels = dict(field._description_selection(record.env))
            compared, text = value, labels.get(value, value)
        elif field.type in ("float", "monetary"):
            compared = round(value, 6)
            text = f"{compared:.6f}".rstrip("0").rstrip(".")
        elif value is False:
            compared, text = False, False
        else:
            compared, text = value, str(value)
        return compared, text and text[:_LONGEST]

    @api.model
    def _yes_or_no(self, env, value):
        return env._("Yes") if value else env._("No")

    # ------------------------------------------------------------------
    # Append-only
    # ------------------------------------------------------------------

    def init(self):
        super().init()
        self._keep_by_trigger("kkt_audit", "at")

    @api.model
    def _keep_by_trigger(self, table, column):
        """Rows of this table are never changed, and removed only when they are old.

        :param str column: the time, UTC, by which a row gets old
        """
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION kkt_keep() RETURNS trigger AS $body$
            BEGIN
                IF TG_OP = 'DELETE' THEN
                    IF (to_jsonb(OLD) ->> TG_ARGV[0])::timestamp
                       < (clock_timestamp() AT TIME ZONE 'UTC')
                         - make_interval(days => TG_ARGV[1]::int) THEN
                        RETURN OLD;
                    END IF;
                END IF;
                RAISE EXCEPTION '% of % is refused: the audit is append-only',
                    TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
            END
            $body$ LANGUAGE plpgsql
            """
        )
        name = f"{table}_kept"
        self.env.cr.execute(
            SQL(
                "CREATE OR REPLACE TRIGGER %(name)s BEFORE UPDATE OR DELETE "
                "ON %(table)s FOR EACH ROW EXECUTE FUNCTION kkt_keep(%(column)s, "
                "%(days)s)",
                name=SQL.identifier(name),
                table=SQL.identifier(table),
                column=column,
                days=str(KEPT_DAYS),
            )
        )

    def write(self, vals):
        raise UserError(_("A change on record cannot be changed itself."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("A change on record cannot be deleted."))

    def copy(self, default=None):
        raise UserError(_("A change on record cannot be copied."))
