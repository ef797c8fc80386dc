from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import FN, KktCommon

_DELIVERY_LOG = "odoo.addons.optics_pos_ru54fz.models.kkt_receipt_delivery"


@tagged("post_install", "-at_install")
class TestReceipt(KktCommon):
    """Facts come in once, and stay as they came."""

    def test_created_with_all_it_tells(self):
        row = self.receipt_row()
        result = self.deliver_one(row)
        receipt = self.receipt_of(row)
        self.assertEqual(
            result,
            {
                "uuid": row["uuid"],
                "attempt": 1,
                "fn": FN,
                "fd": row["fd"],
                "status": "created",
                "server_timestamp": receipt.server_timestamp.isoformat() + "Z",
                "order": "missing",
                "error": None,
            },
        )
        self.assertRecordValues(
            receipt,
            [
                {
                    "till_id": self.till.id,
                    "company_id": self.company.id,
                    "currency_id": self.company.currency_id.id,
                    "state": "fiscalized",
                    "fp": "4123456789",
                    "shift": 12,
                    "receipt_no": 5,
                    "date_time": "2026-11-22T21:03",
                    "date_utc": fields.Datetime.to_datetime("2026-11-22 18:03:00"),
                    "timezone": "Europe/Moscow",
                    "total": 4500.1,
                    "total_kopecks": 450010,
                    "hlc_local_time": "2026-11-22T18:03:01.123Z",
                    "hlc_counter": 2,
                    "content": row,
                    "qr": f"t=20261122T2103&s=4500.10&fn={FN}&i={row['fd']}"
                    "&fp=4123456789&n=1",
                }
            ],
        )
        self.assertTrue(receipt.qr_image)
        self.assertIn("Frame", receipt.content_html)

    def test_repeated_is_known(self):
        row = self.receipt_row()
        self.deliver(row)
        again = {**row, "order_name": "other", "hlc": {}, "cashier": {"name": "B"}}
        self.assertEqual(self.deliver_one(again)["status"], "known")
        self.assertEqual(len(self.receipt_of(row)), 1)
        self.assertEqual(self.receipt_of(row).content, row)

    def test_twice_in_one_batch(self):
        row = self.receipt_row()
        statuses = [result["status"] for result in self.deliver(row, row)]
        self.assertEqual(statuses, ["created", "known"])

    def test_ticket_of_the_operator_is_added_and_stays(self):
        row = self.receipt_row()
        self.deliver(row)
        delivered = {**row, "ofd_delivered": True}
        self.assertEqual(self.deliver_one(delivered)["status"], "updated")
        self.assertTrue(self.receipt_of(row).ofd_delivered)
        self.assertEqual(self.deliver_one(delivered)["status"], "known")
        self.assertEqual(self.deliver_one(row)["status"], "known")
        self.assertTrue(self.receipt_of(row).ofd_delivered)

    @mute_logger(_DELIVERY_LOG)
    def test_same_document_with_other_content_is_an_incident(self):
        row = self.receipt_row()
        self.deliver(row)
        for changes in (
            {"total": 4500.11},
            {"items": []},
            {"fp": 1},
            {"uuid": "00000000-0000-4000-8000-000000000000"},
            {"date_time": "2026-11-22T21:04"},
        ):
            with self.subTest(changes):
                other = {**row, **changes}
                for _repetition in range(2):
                    result = self.deliver_one(other)
                    self.assertEqual(result["status"], "refused")
                    self.assertEqual(result["error"]["code"], "content_differs")
                    self.assertIn(next(iter(changes)), result["error"]["message"])
                event = self.env["kkt.event"].search([], limit=1)
                self.assertEqual(event.kind, "content_differs")
                self.assertEqual(event.data, other)
        self.assertEqual(self.env["kkt.event"].search_count([]), 5)
        self.assertEqual(self.receipt_of(row).content, row)

    @mute_logger(_DELIVERY_LOG)
    def test_same_attempt_with_another_document_is_an_incident(self):
        row = self.receipt_row()
        other = self.receipt_row(row["uuid"])
        self.deliver(row)
        result = self.deliver_one(other)
        self.assertEqual(result["error"]["code"], "attempt_conflict")
        self.assertFalse(self.receipt_of(other))
        self.assertEqual(self.deliver_one({**other, "attempt": 2})["status"], "created")

    def test_one_bad_row_does_not_touch_the_others(self):
        rows = [self.receipt_row() for _ in range(3)]
        rows[1]["total"] = "much"
        results = self.deliver(*rows, None, "text")
        self.assertEqual(
            [result["status"] for result in results],
            ["created", "refused", "created", "refused", "refused"],
        )
        self.assertEqual(results[1]["uuid"], rows[1]["uuid"])
        self.assertEqual(results[1]["error"]["code"], "row_invalid")
        self.assertIn("total: ", results[1]["error"]["message"])

    def test_bad_rows_name_the_field(self):
        for field, value in [
            ("uuid", "x"),
            ("uuid", None),
            ("attempt", 0),
            ("type", "gift"),
            ("fn", "99990789000001011"),
            ("fn", "abc"),
            ("fd", 0),
            ("fd", "3"),
            ("fp", 2**32),
            ("date_time", "2026-13-01T00:00"),
            ("utc", "2026-11-22T18:03:00"),
            ("total", -1),
            ("change", 0.001),
            ("items", None),
            ("payments", {}),
            ("payments", [{"method": "prepaid", "amount": "x"}]),
            ("refund_of", []),
            ("ofd_delivered", 1),
        ]:
            with self.subTest(f"{field}={value!r}"):
                row = {**self.receipt_row(), field: value}
                result = self.deliver_one(row)
                self.assertEqual(result["status"], "refused")
                self.assertTrue(result["error"]["message"].startswith(f"{field}: "))
        self.assertFalse(self.env["kkt.receipt"].search([("fn", "=", FN)]))

    def test_text_that_postgresql_refuses_is_refused_by_row(self):
        bad, good = self.receipt_row(order_name="a\x00b"), self.receipt_row()
        with mute_logger(_DELIVERY_LOG, "odoo.sql_db"):
            statuses = [result["status"] for result in self.deliver(bad, good)]
        self.assertEqual(statuses, ["refused", "created"])

    def test_utc_follows_from_wall_time_and_zone_when_absent(self):
        row = self.receipt_row(timezone="Asia/Yekaterinburg")
        del row["utc"]
        self.deliver(row)
        self.assertEqual(
            self.receipt_of(row).date_utc,
            fields.Datetime.to_datetime("2026-11-22 16:03:00"),
        )

    def test_whoever_brings_it(self):
        row = self.receipt_row()
        self.deliver(row)
        other = self.till.create(
            {
                "name": "Till 2",
                "code": "TEST-2",
                "pos_config_id": self.other_currency_config.id,
            }
        )
        self.assertEqual(self.deliver_one(row, till=other)["status"], "known")
        self.assertEqual(self.receipt_of(row).till_id, self.till)

    @mute_logger(_DELIVERY_LOG)
    def test_foreign_taxpayer_is_a_fact_and_an_incident(self):
        row = self.receipt_row(inn="7700000001")
        self.assertEqual(self.deliver_one(row)["status"], "created")
        self.assertEqual(self.env["kkt.event"].search([]).kind, "foreign_inn")
        self.assertEqual(self.receipt_of(row).company_id, self.company)

    def test_totals_above_32_bits(self):
        row = self.receipt_row(total=987654321.99)
        self.assertEqual(self.deliver_one(row)["status"], "created")
        self.env.invalidate_all()
        self.assertEqual(self.receipt_of(row).total_kopecks, 98765432199)

    def test_append_only(self):
        row = self.receipt_row()
        self.deliver(row)
        receipt = self.receipt_of(row).sudo()
        for vals in (
            {"total": 1},
            {"fd": 99},
            {"content": {}},
            {"ofd_delivered": False},
            {"uuid": "x", "ofd_delivered": True},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                receipt.write(vals)
        with self.assertRaises(UserError):
            receipt.unlink()
        with self.assertRaises(UserError):
            receipt.copy()
        with self.assertRaises(UserError):
            receipt.with_user(self.env.user).write({"ofd_delivered": True})

    def test_incidents_are_append_only(self):
        event = self.env["kkt.event"]._record("foreign_inn", self.till, "m", {})
        with self.assertRaises(UserError):
            event.message = "n"
        with self.assertRaises(UserError):
            event.unlink()

    def test_found_by_what_stands_on_paper(self):
        row = self.receipt_row()
        self.deliver(row)
        receipts = self.env["kkt.receipt"]
        for name, value in [
            ("fn", FN),
            ("fd", row["fd"]),
            ("fp", "4123456789"),
            ("uuid", row["uuid"]),
        ]:
            self.assertEqual(
                receipts.search([(name, "=", value)]), self.receipt_of(row)
            )
        self.assertTrue(receipts.name_search("4123456789"))
