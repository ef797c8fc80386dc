from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import FN, KktCommon
from .test_heartbeat import HEARTBEAT

JOURNAL = "11111111-aaaa"


class EventsCommon(KktCommon):
    def event(self, seq, kind="mode.changed", key=None, **data):
        return {
            "seq": seq,
            "at": "2026-11-22T18:00:00.123Z",
            "kind": kind,
            "key": key,
            "data": data,
        }

    def send(self, *events, journal=JOURNAL, till=None):
        log = self.env["kkt.till.event"].with_user(self.worker)
        log = log.with_context(lang="en_US")
        params = {"journal": journal, "events": list(events)}
        return log._deliver(till or self.till, params)["last_event"]

    def log(self):
        return self.env["kkt.till.event"].search([("till_id", "=", self.till.id)])

    def incidents(self):
        return self.env["kkt.event"].search([("till_id", "=", self.till.id)])


@tagged("post_install", "-at_install")
class TestEvents(EventsCommon):
    """The event log of a journal: kept once, never altered, made into what it means."""

    def test_kept_once(self):
        self.assertEqual(self.send(), 0)
        self.assertEqual(self.send(self.event(1), self.event(2, mode="offline")), 2)
        self.assertEqual(self.send(self.event(2), self.event(3)), 3)
        self.assertEqual(self.log().sorted("seq").mapped("seq"), [1, 2, 3])
        second = self.log().filtered(lambda event: event.seq == 2)
        self.assertEqual(second.data, {"mode": "offline"})
        self.assertEqual(second.company_id, self.company)
        self.assertEqual(self.send(self.event(1)), 3)

    def test_journals_are_apart(self):
        self.assertEqual(self.send(self.event(9)), 9)
        self.assertEqual(self.send(self.event(1), journal="22222222-bbbb"), 1)
        self.assertEqual(len(self.log()), 2)

    def test_heartbeat_tells_how_far_it_came(self):
        self.send(self.event(5), self.event(2**40))
        till = self.till.with_user(self.worker)
        params = {**HEARTBEAT, "journal": {"id": JOURNAL, "last_event": 6}}
        self.assertEqual(till._heartbeat(params)["last_event"], 2**40)
        params["journal"]["id"] = "33333333-cccc"
        self.assertEqual(till._heartbeat(params)["last_event"], 0)

    def test_no_word_is_too_long_for_a_heartbeat(self):
        """A register that is set up wrongly in many ways is told of all the same."""
        till = self.till.with_user(self.worker)
        long = "Ряд таблицы 6: не та ставка НДС.\0 " * 200
        params = {
            **HEARTBEAT,
            "device": {"state": "setup_error", "reason": long, "model": long},
            "maintenance": {"since": None, "reason": long},
            "alerts": [{"code": "device_setup", "level": "p2", "text": long}],
            "results": [{"id": "1", "state": "failed", "text": long}],
        }
        till._heartbeat(params)
        self.assertEqual(self.till.device_state, "setup_error")
        self.assertEqual(self.till.device_reason, long.replace("\0", "")[:1024])
        self.assertEqual(self.till.maintenance_reason, self.till.device_reason)
        with self.assertRaisesRegex(ValidationError, "device.reason"):
            till._heartbeat({**params, "device": {**params["device"], "reason": 5}})

    def test_unknown_and_odd_events_are_kept(self):
        events = [
            self.event(1, "nobody.knows", x="a\0b"),
            {**self.event(2), "data": None},
            {**self.event(3), "data": ["list"]},
            self.event(4, "shift.opened", fn=1),
            self.event(5, "incident.of_the_future", text="Что-то новое"),
            self.event(6, "incident.of_the_future"),
            self.event(7, "incident.document_unknown_to_journal", fd=31, marker=None),
        ]
        self.assertEqual(self.send(*events), 7)
        self.assertEqual(len(self.log()), 7)
        self.assertEqual(
            self.incidents().sorted("id").mapped("kind"),
            ["other", "other", "document_unknown_to_journal"],
        )
        self.assertEqual(
            self.incidents().sorted("id").mapped("message"),
            [
                "Что-то новое",
                "Unknown kind: of_the_future",
                "Fiscal document that the till had lost: FD: 31",
            ],
        )

    def test_bad_input_names_the_field(self):
        for params, field in [
            ({"events": []}, "journal"),
            ({"journal": JOURNAL}, "events"),
            ({"journal": JOURNAL, "events": [1]}, "events"),
            ({"journal": JOURNAL, "events": [self.event(0)]}, "events.seq"),
            ({"journal": JOURNAL, "events": [self.event(1)] * 201}, "events"),
            (
                {"journal": JOURNAL, "events": [{**self.event(1), "at": "now"}]},
                "events.at",
            ),
        ]:
            with self.subTest(field), self.assertRaisesRegex(
                ValidationError, f"^{field}: "
            ):
                self.env["kkt.till.event"]._deliver(self.till, params)

    def test_a_full_page_costs_a_few_statements(self):
        self.send(self.event(1))
        page = [self.event(seq, "buffer.level", level=seq) for seq in range(2, 202)]
        with self.assertQueryCount(8):
            self.send(*page)
        self.assertEqual(len(self.log()), 201)

    def test_incidents(self):
        key = "0a:1"
        self.send(
            self.event(1, "document.mismatch", key, mismatches=["НДС", "сумма"]),
            self.event(2, "refund.released", key, reason="Покупатель ждёт"),
            self.event(3, "receipt.resolved", key, reason={"text": "Найден"}),
            self.event(4, "incident.lane_stopped", key, text="Касса стоит"),
            self.event(5, "incident.duplicate", key, fd=1, others=[2]),
            self.event(6, "dlq.added", key),
            self.event(7, "receipt.unknown", key, lasts=True),
            self.event(8, "lease.lost", why="taken_over", token=None),
            self.event(9, "lease.lost", why="expired", token=5),
            self.event(10, "lease.lost", why="taken_over", token=5),
        )
        self.assertEqual(
            self.incidents().sorted("id").mapped(lambda e: (e.kind, e.message)),
            [
                ("document_mismatch", "НДС; сумма (0a:1)"),
                ("refund_released", "Покупатель ждёт (0a:1)"),
                ("receipt_resolved", "Найден (0a:1)"),
                ("lane_stopped", "Касса стоит (0a:1)"),
                (
                    "duplicate",
                    "Two fiscal documents of one sale: FD: 1; also (FD): 2 (0a:1)",
                ),
                ("receipt_dead", "Receipt refused for good (0a:1)"),
                ("receipt_unknown", "Receipt in doubt (0a:1)"),
                (
                    "lease_lost",
                    "Two bridges for one till: why: another bridge has taken over",
                ),
            ],
        )
        # The same events again are no news.
        self.send(self.event(4, "incident.lane_stopped", key, text="Касса стоит"))
        self.assertEqual(len(self.incidents()), 8)

    def test_doubts_that_last(self):
        def at(minutes):
            moment = fields.Datetime.now() - timedelta(minutes=minutes)
            return {"at": moment.isoformat() + "Z"}

        def doubt(seq, key, minutes):
            return {**self.event(seq, "receipt.unknown", key), **at(minutes)}

        note = self.env["kkt.till.event"]._note_lasting_doubts
        self.send(doubt(1, "a:1", 20), doubt(2, "b:1", 2), doubt(3, "c:1", 10))
        self.send(self.event(4, "receipt.resolved", "a:1"))
        self.incidents().flush_model()
        before = len(self.incidents())
        note()
        note()
        new = self.incidents().filtered(lambda e: e.kind == "receipt_unknown")
        self.assertEqual(len(self.incidents()) - before, 1)
        self.assertEqual(new.data["key"], "c:1")

    def test_a_later_receipt_ends_a_doubt(self):
        moment = fields.Datetime.now() - timedelta(minutes=20)
        event = {
            **self.event(1, "receipt.unknown", "c:1"),
            "at": moment.isoformat() + "Z",
        }
        self.send(event)
        now = fields.Datetime.now().replace(microsecond=0).isoformat() + "Z"
        self.deliver(self.receipt_row(utc=now))
        self.env["kkt.till.event"]._note_lasting_doubts()
        self.assertFalse(self.incidents())

    def test_append_only(self):
        self.send(self.event(1))
        for record in (self.log(), self.log().sudo()):
            with self.assertRaises(UserError):
                record.write({"kind": "x"})
            with self.assertRaises(UserError):
                record.unlink()
            with self.assertRaises(UserError):
                record.copy()


@tagged("post_install", "-at_install")
class TestShift(EventsCommon):
    """Shifts, from their own documents and from their receipts."""

    def opened(self, seq=1, **data):
        return self.event(
            seq,
            "shift.opened",
            **{
                "fn": FN,
                "shift": 12,
                "fd": 100,
                "fp": 4000000000,
                "cashier": {"name": "Кассирова А. А."},
                "cause": "first_sale",
                "date_time": "2026-11-22T09:00",
                **data,
            },
        )

    def closed(self, seq=2, **data):
        event = self.opened(seq, fd=150, cause="cashier", **data)
        return {**event, "kind": "shift.closed"}

    def shift(self):
        return self.env["kkt.shift"].search([("fn", "=", FN), ("number", "=", 12)])

    def test_opened_and_closed(self):
        self.send(self.opened())
        self.assertRecordValues(
            self.shift(),
            [
                {
                    "till_id": self.till.id,
                    "company_id": self.company.id,
                    "state": "open",
                    "opened_fd": 100,
                    "opened_fp": "4000000000",
                    "opened_at": fields.Datetime.to_datetime("2026-11-22 06:00:00"),
                    "opened_by": "Кассирова А. А.",
                    "opened_cause": "first_sale",
                    "closed_fd": 0,
                }
            ],
        )
        self.send(self.closed())
        self.assertEqual(self.shift().state, "closed")
        self.assertEqual(self.shift().closed_fd, 150)
        self.assertEqual(self.shift().opened_fd, 100)

    def test_in_any_order_and_once(self):
        self.send(self.closed())
        self.send(self.opened(3))
        self.assertEqual(self.shift().state, "closed")
        self.assertEqual(self.shift().opened_fd, 100)
        self.send(self.opened(4, fd=999))
        self.assertEqual(self.shift().opened_fd, 100)

    def test_receipts_belong_to_their_shift(self):
        first, second = self.receipt_row(), self.receipt_row(shift=13)
        self.deliver(first)
        self.assertEqual(self.shift().state, "seen")
        self.send(self.opened())
        self.deliver(second, self.receipt_row())
        self.assertEqual(self.shift().state, "open")
        self.assertEqual(len(self.shift().receipt_ids), 2)
        self.assertEqual(self.receipt_of(second).shift_id.number, 13)

    def test_totals(self):
        def item(total, vat):
            return {"name": "x", "qty": 1, "price": total, "sum": total, "vat": vat}

        self.deliver(
            self.receipt_row(
                total=0.3,
                items=[item(0.1, 11), item(0.2, 6)],
                payments=[{"method": "cash", "amount": 0.5}],
                change=0.2,
            ),
            self.receipt_row(
                total=122,
                items=[item(122, 11)],
                payments=[
                    {"method": "electronic", "amount": 100},
                    {"method": "prepaid", "amount": 22},
                ],
            ),
            self.receipt_row(
                type="refund",
                total=0.1,
                items=[item(0.1, 11)],
                payments=[{"method": "cash", "amount": 0.1}],
            ),
        )
        shift = self.shift()
        self.assertRecordValues(
            shift,
            [
                {
                    "receipt_count": 3,
                    "sale_total": 122.3,
                    "refund_total": 0.1,
                    "cash_total": 0.2,
                    "electronic_total": 100,
                }
            ],
        )
        vat = {row["key"]: row for row in shift._breakdown("items", "vat")}
        self.assertEqual((vat["11"]["sale"], vat["11"]["refund"]), (12210, 10))
        self.assertEqual(vat["6"]["sale"], 20)
        cash = {row["key"]: row for row in shift._breakdown("payments", "method")}
        self.assertEqual((cash["cash"]["sale"], cash["cash"]["refund"]), (30, 10))
        for text in ("122.10", "22.00", "VAT 22%", "Offset of a prepayment"):
            self.assertIn(text, shift.totals_html)

    def test_shifts_are_append_only(self):
        self.send(self.opened())
        shift = self.shift()
        for user in (self.env.user, self.worker):
            with self.assertRaises(UserError):
                shift.with_user(user).write({"state": "closed"})
        with self.assertRaises(UserError):
            shift.sudo().unlink()
        with self.assertRaises(UserError):
            shift.sudo().copy()
