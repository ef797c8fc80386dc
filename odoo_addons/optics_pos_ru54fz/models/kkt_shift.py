import json
import logging

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..tools import messages, wire
from ..tools.vat import VAT_SHARE

_logger = logging.getLogger(__name__)


class KktShift(models.Model):
    """A shift of a fiscal drive, from what the bridge tells and from its receipts."""

    _name = "kkt.shift"
    _description = "Fiscal Shift"
    _order = "id desc"

    till_id = fields.Many2one(
        "kkt.till",
        string="Till",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", string="Company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(
        "res.currency", string="Currency", required=True, readonly=True
    )
    fn = fields.Char(string="Fiscal Drive (FN)", required=True, readonly=True)
    number = fields.Integer(string="Shift No.", required=True, readonly=True)
    state = fields.Selection(
        [
            ("seen", "Known by Its Receipts"),
            ("open", "Open"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="seen",
    )
    opened_fd = fields.Integer(string="Opening Document (FD)", readonly=True)
    opened_fp = fields.Char(string="Opening Sign (FP)", readonly=True)
    opened_at = fields.Datetime(string="Opened", readonly=True)
    opened_by = fields.Char(string="Opened By", readonly=True)
    opened_cause = fields.Char(string="Cause of Opening", readonly=True)
    closed_fd = fields.Integer(string="Closing Document (FD)", readonly=True)
    closed_fp = fields.Char(string="Closing Sign (FP)", readonly=True)
    closed_at = fields.Datetime(string="Closed", readonly=True)
    closed_by = fields.Char(string="Closed By", readonly=True)
    closed_cause = fields.Char(string="Cause of Closing", readonly=True)
    receipt_ids = fields.One2many("kkt.receipt", "shift_id", string="Receipts")
    receipt_count = fields.Integer(compute="_compute_totals")
    sale_total = fields.Monetary(string="Sales", compute="_compute_totals")
    refund_total = fields.Monetary(string="Refunds", compute="_compute_totals")
    cash_total = fields.Monetary(
        string="Cash", compute="_compute_totals", help="Taken minus given back."
    )
    electronic_total = fields.Monetary(string="Electronic", compute="_compute_totals")
    totals_html = fields.Html(
        string="Totals", compute="_compute_totals_html", sanitize=False
    )

    _number_unique = models.Constraint(
        "unique (fn, number)", "This shift is on record already."
    )

    @api.depends("fn", "number")
    def _compute_display_name(self):
        for shift in self:
            shift.display_name = _(
                "Shift %(number)s, FN %(fn)s", number=shift.number, fn=shift.fn
            )

    # ------------------------------------------------------------------
    # Facts
    # ------------------------------------------------------------------

    @api.model
    def _of_receipts(self, till, vals_list):
        """``{(fn, number): id}`` of the shifts of new receipts, made where missing."""
        pairs = {(vals["fn"], vals["shift"]) for vals in vals_list}
        return {pair: self._ensure(till, *pair).id for pair in pairs}

    @api.model
    def _ensure(self, till, fn, number):
        shifts = self.sudo()
        key = [("fn", "=", fn), ("number", "=", number)]
        shift = shifts.search(key)
        if not shift:
            # Events and receipts come on connections of their own: of two that make
            # the same shift PostgreSQL lets the later transaction start again.
            self.env.cr.execute(
                """
                INSERT INTO kkt_shift (till_id, company_id, currency_id, fn, number,
                    state, create_uid, create_date, write_uid, write_date)
                VALUES (%s, %s, %s, %s, %s, 'seen', %s, %s, %s, %s)
                ON CONFLICT (fn, number) DO NOTHING
                """,
                [
                    till.id,
                    till.company_id.id,
                    till.company_id.currency_id.id,
                    fn,
                    number,
                    *(self.env.uid, fields.Datetime.now()) * 2,
                ],
            )
            shift = shifts.search(key)
        return shift

    @api.model
    def _from_event(self, till, event):
        """``shift.opened`` or ``shift.closed``: ``{fn, shift, fd, fp, cashier, …}``."""
        try:
            side, vals, fn, number = _parse(event, till.timezone)
        except wire.WireError as error:
            _logger.warning("Till %s: event %s: %s", till.code, event["seq"], error)
            return self.browse()
        shift = self._ensure(till, fn, number)
        known = shift[f"{side}_fd"]
        if known:
            return shift
        if side == "closed" or shift.state == "seen":
            vals["state"] = "open" if side == "opened" else "closed"
        shift.write(vals)
        return shift

    def write(self, vals):
        told = (
            name == "state" or name.startswith(("opened_", "closed_")) for name in vals
        )
        if not self.env.su or not all(told):
            raise UserError(_("A fiscal shift cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("A fiscal shift cannot be deleted."))

    def copy(self, default=None):
        raise UserError(_("A fiscal shift cannot be copied."))

    # ------------------------------------------------------------------
    # Totals: what the receipts on record say
    # ------------------------------------------------------------------

    def _compute_totals(self):
        totals = self._payment_totals()
        for shift in self:
            of_shift = totals.get(shift._origin.id, {})
            shift.receipt_count = of_shift.get("count", 0)
            for name in ("sale", "refund", "cash", "electronic"):
                shift[f"{name}_total"] = of_shift.get(name, 0) / 100

    def _payment_totals(self):
        """Kopecks by shift: sales, refunds, and payments net of what was given back."""
        if not self.ids:
            return {}
        self.env["kkt.receipt"].flush_model()
        self.env.cr.execute(
            """
            SELECT shift_id, type, count(*), sum(total_kopecks), sum(change_kopecks)
              FROM kkt_receipt WHERE shift_id IN %s GROUP BY shift_id, type
            """,
            [tuple(self.ids)],
        )
        totals = {}
        for shift_id, kind, count, total, change in self.env.cr.fetchall():
            of_shift = totals.setdefault(shift_id, {"count": 0})
            side = "sale" if messages.OPERATIONS[kind] == 1 else "refund"
            sign = 1 if side == "sale" else -1
            of_shift["count"] += count
            of_shift[side] = of_shift.get(side, 0) + int(total)
            of_shift["cash"] = of_shift.get("cash", 0) - sign * int(change or 0)
        for shift_id, kind, method, kopecks in self._sums("payments", "method"):
            of_shift = totals[shift_id]
            sign = 1 if messages.OPERATIONS[kind] == 1 else -1
            of_shift[method] = of_shift.get(method, 0) + sign * kopecks
        return totals

    def _sums(self, member, key):
        """``[(shift, type, key, kopecks)]`` over a list in the receipts' content."""
        amount = "amount" if member == "payments" else "sum"
        self.env.cr.execute(
            """
            SELECT receipt.shift_id, receipt.type, part ->> %(key)s,
                   sum(round((part ->> %(amount)s)::numeric * 100))
              FROM kkt_receipt receipt,
                   jsonb_array_elements(receipt.content -> %(member)s) part
             WHERE receipt.shift_id IN %(ids)s
               AND jsonb_typeof(part -> %(amount)s) = 'number'
             GROUP BY 1, 2, 3
            """,
            {
                "key": key,
                "amount": amount,
                "member": member,
                "ids": tuple(self.ids),
            },
        )
        return [
            (shift_id, kind, str(name), int(kopecks))
            for shift_id, kind, name, kopecks in self.env.cr.fetchall()
        ]

    @api.depends("receipt_ids.content")
    def _compute_totals_html(self):
        labels = dict(
            self.env["account.tax"]
            ._fields["kkt_vat_code"]
            ._description_selection(self.env)
        )
        for shift in self:
            shift.totals_html = shift._origin and self.env["ir.qweb"]._render(
                "optics_pos_ru54fz.kkt_shift_totals",
                {
                    "payments": shift._breakdown("payments", "method"),
                    "vat": [
                        {
                            **row,
                            "label": labels.get(row["key"], row["key"]),
                            "tax": f"{_tax(row) / 100:.2f}",
                        }
                        for row in shift._breakdown("items", "vat")
                    ],
                },
            )

    def _breakdown(self, member, key):
        """Rows ``{key, sale, refund}`` in roubles as text, and ``net`` in kopecks."""
        rows = {}
        for _shift, kind, name, kopecks in self._origin._sums(member, key):
            side = "sale" if messages.OPERATIONS[kind] == 1 else "refund"
            row = rows.setdefault(name, {"key": name, "sale": 0, "refund": 0})
            row[side] += kopecks
        if member == "payments":
            self._give_change(rows)
        for row in rows.values():
            row["net"] = row["sale"] - row["refund"]
            row["sale_text"] = f"{row['sale'] / 100:.2f}"
            row["refund_text"] = f"{row['refund'] / 100:.2f}"
        return [rows[name] for name in sorted(rows)]

    def _give_change(self, rows):
        for receipt in self.receipt_ids.filtered("change_kopecks"):
            side = "sale" if messages.OPERATIONS[receipt.type] == 1 else "refund"
            if "cash" in rows:
                rows["cash"][side] -= receipt.change_kopecks


def _tax(row):
    share = VAT_SHARE.get(int(row["key"]) if row["key"].isdigit() else 0)
    return row["net"] * share[0] / share[1] if share else 0


def _parse(event, zone):
    side = event["kind"].rpartition(".")[2]
    data = event["data"]
    fn = wire.text(data, "fn", longest=16)
    number = wire.integer(data, "shift", least=1)
    fp = data.get("fp")
    cause = data.get("cause")
    vals = {
        f"{side}_fd": wire.integer(data, "fd", least=1),
        f"{side}_fp": str(fp) if isinstance(fp, (int, str)) else False,
        f"{side}_by": _cashier(data.get("cashier")),
        f"{side}_cause": str(cause)[:64] if cause else False,
        f"{side}_at": event["at"],
    }
    if data.get("date_time"):
        wall = wire.wall_time(data, "date_time")
        vals[f"{side}_at"] = wire.wall_to_utc(wall, zone)
    return side, vals, fn, number


def _cashier(value):
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, str):
        return value[:128]
    return json.dumps(value, ensure_ascii=False)[:128] if value else False
