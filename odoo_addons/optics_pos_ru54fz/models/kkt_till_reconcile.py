import logging
from datetime import timedelta

from odoo import _, api, fields, models

_logger = logging.getLogger(__name__)

#: How far back the night looks, and how long things may take by themselves.
_WINDOW = timedelta(days=14)
_GRACE = timedelta(hours=1)
#: Incidents of one kind in one night; more is one trouble, not many.
_MOST = 200


class KktTill(models.Model):
    """Every night: receipts, orders and stock must tell the same story."""

    _inherit = "kkt.till"

    @api.model
    def _reconcile(self):
        """Periodic: what differs becomes an incident, once, and somebody's task."""
        for part in (
            self._reconcile_orders_missing,
            self._reconcile_receipts_missing,
            self._reconcile_totals,
            self._reconcile_gaps,
            self._reconcile_moves,
            self._reconcile_negative_stock,
        ):
            try:
                with self.env.cr.savepoint():
                    part()
            except Exception:
                # A job that fails time after time is switched off by Odoo.
                _logger.exception("Nightly reconciliation of the tills")

    @api.model
    def _reconcile_tills(self):
        """``{till: until}``: of what was before, the till has nothing more to bring.

        Its last word counts, however long ago: shops switch the computer off after Z,
        and at night hardly a till is there. What is newer than that may still come. A
        till that had something on its way then is left until it has told the rest.
        """
        tills = self.sudo().search(
            [
                ("state", "=", "active"),
                ("odoo_pending", "=", 0),
                ("last_heartbeat", "!=", False),
            ]
        )
        return {till: till.last_heartbeat - _GRACE for till in tills}

    def _held(self):
        """What the till itself names as not in Odoo: dead letters and doubts.

        Each has an incident of its own already.
        """
        return self.buffer_row_ids.filtered(lambda row: row.leg_odoo != "delivered")

    # ------------------------------------------------------------------
    # Receipts and orders
    # ------------------------------------------------------------------

    @api.model
    def _reconcile_orders_missing(self):
        """Receipts whose order neither its page nor its till has brought."""
        now = fields.Datetime.now()
        receipts = self.env["kkt.receipt"].sudo()
        receipts._link_missing()
        missing = receipts.search(
            [
                ("order_missing", "=", True),
                ("server_timestamp", ">", now - _WINDOW),
                ("server_timestamp", "<", now - _GRACE),
            ],
            limit=_MOST,
        )
        for receipt in missing:
            self.env["kkt.event"]._record(
                "order_missing",
                receipt.till_id,
                _(
                    "%(receipt)s (%(order)s, %(total).2f): its order is not in Odoo. "
                    "Rebuild it from the receipt.",
                    receipt=receipt.display_name,
                    order=receipt.order_name or receipt.uuid,
                    total=receipt.total,
                ),
                {"uuid": receipt.uuid, "fn": receipt.fn, "fd": receipt.fd},
            )

    @api.model
    def _reconcile_receipts_missing(self):
        """Orders that were paid at a till and have no fiscal receipt."""
        now = fields.Datetime.now()
        for till, until in self._reconcile_tills().items():
            since = max(now - _WINDOW, till.create_date)
            held = [row.key.rpartition(":")[0] for row in till._held()]
            orders = (
                self.env["pos.order"]
                .sudo()
                .search(
                    [
                        ("config_id", "=", till.pos_config_id.id),
                        ("state", "in", ("paid", "done")),
                        ("date_order", ">=", since),
                        ("date_order", "<", until),
                        ("uuid", "not in", held),
                        ("lines", "!=", False),
                        ("kkt_receipt_id", "=", False),
                    ],
                    limit=_MOST,
                )
            )
            for order in orders:
                self.env["kkt.event"]._record(
                    "receipt_missing",
                    till,
                    _(
                        "Order %(order)s of %(total).2f was paid, but no fiscal "
                        "receipt of it came to Odoo.",
                        order=order.name,
                        total=order.amount_total,
                    ),
                    {"uuid": order.uuid},
                )

    @api.model
    def _reconcile_totals(self):
        """Orders whose sum is not their receipt's."""
        self.env["pos.order"].flush_model(["amount_total"])
        self.env.cr.execute(
            """
            SELECT receipt.order_id
              FROM kkt_receipt receipt
              JOIN pos_order ON pos_order.id = receipt.order_id
             WHERE receipt.server_timestamp > %s
               AND round(abs(pos_order.amount_total)::numeric * 100)
                   <> receipt.total_kopecks
            """,
            [fields.Datetime.now() - _WINDOW],
        )
        ids = [row[0] for row in self.env.cr.fetchall()]
        self.env["pos.order"].sudo().browse(ids)._kkt_compare_total()

    @api.model
    def _reconcile_gaps(self):
        """Receipts are numbered within a shift: a gap is one that Odoo never got."""
        tills = self._reconcile_tills()
        self.env.cr.execute(
            """
            WITH told AS (
                SELECT * FROM unnest(%(tills)s::int[], %(untils)s::timestamp[])
                           AS told(till_id, until)
            ), numbers AS (
                SELECT receipt.shift_id,
                       CASE WHEN bool_or(shift.opened_fd > 0) THEN 1
                            ELSE min(receipt.receipt_no) END AS first,
                       max(receipt.receipt_no) AS last
                  FROM kkt_receipt receipt
                  JOIN kkt_shift shift ON shift.id = receipt.shift_id
                  JOIN told ON told.till_id = receipt.till_id
                 WHERE receipt.server_timestamp <= told.until
                   AND receipt.shift_id IN (
                        SELECT recent.shift_id
                          FROM kkt_receipt recent
                          JOIN told ON told.till_id = recent.till_id
                         WHERE recent.server_timestamp BETWEEN %(since)s AND told.until)
              GROUP BY receipt.shift_id
                HAVING count(DISTINCT receipt.receipt_no)
                       < max(receipt.receipt_no)
                       - CASE WHEN bool_or(shift.opened_fd > 0) THEN 0
                              ELSE min(receipt.receipt_no) - 1 END
            )
            SELECT numbers.shift_id, array_agg(missing.number ORDER BY missing.number)
              FROM numbers,
                   LATERAL generate_series(first, least(last, first + 9999))
                           AS missing(number)
             WHERE NOT EXISTS (
                    SELECT FROM kkt_receipt
                     WHERE kkt_receipt.shift_id = numbers.shift_id
                       AND kkt_receipt.receipt_no = missing.number)
          GROUP BY numbers.shift_id
             LIMIT %(most)s
            """,
            {
                "tills": [till.id for till in tills],
                "untils": list(tills.values()),
                "since": fields.Datetime.now() - _WINDOW,
                "most": _MOST,
            },
        )
        for shift_id, missing in self.env.cr.fetchall():
            shift = self.env["kkt.shift"].sudo().browse(shift_id)
            numbers = shift._kkt_unexplained(missing)
            if not numbers:
                continue
            self.env["kkt.event"]._record(
                "receipt_gap",
                shift.till_id,
                _(
                    "Shift %(shift)s of drive %(fn)s: receipts no. %(numbers)s did not "
                    "come to Odoo.",
                    shift=shift.number,
                    fn=shift.fn,
                    numbers=_ranges(numbers),
                ),
                {"drive": shift.fn, "shift": shift.number, "numbers": numbers[:1000]},
            )

    # ------------------------------------------------------------------
    # Orders and stock
    # ------------------------------------------------------------------

    @api.model
    def _reconcile_moves(self):
        """What closed sessions sold must have left the stock."""
        now = fields.Datetime.now()
        configs = self.sudo().search([]).pos_config_id
        sessions = (
            self.env["pos.session"]
            .sudo()
            .search(
                [
                    ("config_id", "in", configs.ids),
                    ("state", "=", "closed"),
                    ("stop_at", ">", now - _WINDOW),
                    ("stop_at", "<", now - _GRACE),
                ]
            )
        )
        for session in sessions:
            sold, moved = session._kkt_sold(), session._kkt_moved()
            for product in sorted(sold.keys() | moved.keys(), key=lambda one: one.id):
                difference = sold.get(product, 0.0) - moved.get(product, 0.0)
                if product.uom_id.is_zero(difference):
                    continue
                self.env["kkt.event"]._record(
                    "stock_differs",
                    session.config_id.kkt_till_id,
                    _(
                        "%(session)s: %(sold)s of %(product)s were sold, %(moved)s "
                        "left the stock.",
                        session=session.name,
                        product=product.display_name,
                        sold=sold.get(product, 0.0),
                        moved=moved.get(product, 0.0),
                    ),
                    {
                        "session": session.id,
                        "product": product.id,
                        "difference": difference,
                    },
                )

    @api.model
    def _reconcile_negative_stock(self):
        """A sale always wins over the stock in the books: somebody must mend those."""
        now = fields.Datetime.now()
        for till in self.sudo().search([]):
            config = till.pos_config_id
            location = config.picking_type_id.default_location_src_id
            lines = self.env["pos.order.line"].sudo()
            sold = lines._read_group(
                [
                    ("order_id.config_id", "=", config.id),
                    ("order_id.date_order", ">", now - _WINDOW),
                    ("product_id.is_storable", "=", True),
                    ("qty", ">", 0),
                ],
                ["product_id"],
            )
            products = self.env["product.product"].concat(*(row[0] for row in sold))
            quants = (
                self.env["stock.quant"]
                .sudo()
                ._read_group(
                    [
                        ("location_id", "child_of", location.ids),
                        ("product_id", "in", products.ids),
                    ],
                    ["product_id"],
                    ["quantity:sum"],
                    having=[("quantity:sum", "<", 0)],
                )
            )
            for product, quantity in quants[:_MOST]:
                till._note_negative(product, location, quantity)

    def _note_negative(self, product, location, quantity):
        """Once, until whoever has the task has closed it; then anew."""
        told = {"product": product.id, "location": location.id}
        incidents = self.env["kkt.event"].sudo()
        tasks = self.env["mail.activity"].sudo()
        open_tasks = tasks.search([("res_model", "=", incidents._name)])
        waiting = incidents.search(
            [
                ("kind", "=", "negative_stock"),
                ("id", "in", open_tasks.mapped("res_id")),
            ]
        )
        if any(told.items() <= (event.data or {}).items() for event in waiting):
            return
        incidents._record(
            "negative_stock",
            self,
            _(
                "%(product)s: %(quantity)s in %(location)s after sales. The sales "
                "stand; book the receipt of the goods or take stock.",
                product=product.display_name,
                quantity=quantity,
                location=location.display_name,
            ),
            {**told, "day": str(fields.Date.today())},
        )


class KktShift(models.Model):
    _inherit = "kkt.shift"

    def _kkt_unexplained(self, missing):
        """Of missing numbers, rising, those that no receipt held by the till explains.

        A row of the buffer tells its document's FD, not its number in the shift; the
        numbers rise with the FDs, and a report between has an FD and no number.
        """
        self.ensure_one()
        known = {receipt.fd: receipt.receipt_no for receipt in self.receipt_ids}
        if self.opened_fd:
            known[self.opened_fd] = 0
        held = self.till_id._held().filtered(lambda row: row.fn == self.fn)
        left = list(missing)
        for fd in sorted(set(held.mapped("fd")) - known.keys(), reverse=True):
            before = max((one for one in known if one < fd), default=None)
            after = min((one for one in known if one > fd), default=None)
            if before is None or after is None:
                continue
            most = min(known[before] + fd - before, known[after] - 1)
            fitting = [number for number in left if known[before] < number <= most]
            if fitting:
                left.remove(fitting[-1])
        return left


class PosSession(models.Model):
    _inherit = "pos.session"

    def _kkt_sold(self):
        """``{product: quantity}`` of goods that a session sold and handed over."""
        rows = self.env["pos.order.line"]._read_group(
            [
                ("order_id.session_id", "in", self.ids),
                ("order_id.state", "in", ("paid", "done")),
                ("order_id.shipping_date", "=", False),
                ("product_id.type", "=", "consu"),
            ],
            ["product_id"],
            ["qty:sum"],
        )
        return dict(rows)

    def _kkt_moved(self):
        """``{product: quantity}`` that left the stock for customers, less returns."""
        moved = {}
        rows = self.env["stock.move"]._read_group(
            [
                ("state", "=", "done"),
                "|",
                ("picking_id.pos_order_id", "=", False),
                ("picking_id.pos_order_id.shipping_date", "=", False),
                "|",
                ("picking_id.pos_session_id", "in", self.ids),
                ("picking_id.pos_order_id.session_id", "in", self.ids),
            ],
            ["product_id", "location_id"],
            ["quantity:sum"],
        )
        for product, source, quantity in rows:
            sign = -1 if source.usage == "customer" else 1
            moved[product] = moved.get(product, 0.0) + sign * quantity
        return moved


def _ranges(numbers):
    """``[1, 2, 3, 7]`` as ``1–3, 7``, cut where it gets too long to read."""
    parts = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    texts = [f"{a}" if a == b else f"{a}–{b}" for a, b in parts[:20]]
    return ", ".join(texts) + ("…" if len(parts) > 20 else "")
