import time

from lxml import etree

from odoo.tests import tagged

from .common import FN, KktCommon

TILLS = 40
RECEIPTS = 100_000


@tagged("post_install", "-at_install")
class TestTillList(KktCommon):
    """The chain's tills with all their receipts open at once: 40 and 100,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        configs = cls.config
        for number in range(2, TILLS + 1):
            configs |= cls.config.copy({"name": f"Shop {number}"})
        cls.tills = cls.till | cls.env["kkt.till"].create(
            [
                {"name": f"Till {i}", "code": f"LIST-{i}", "pos_config_id": config.id}
                for i, config in enumerate(configs[1:], start=2)
            ]
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            """
            INSERT INTO kkt_receipt
                   (till_id, company_id, currency_id, uuid, attempt, type, state, fn,
                    fd, fp, shift, receipt_no, date_time, date_utc, total,
                    total_kopecks, change_kopecks, refund_turn, ofd_delivered,
                    server_timestamp, content)
            SELECT (%(tills)s)[1 + number %% %(count)s], %(company)s, %(currency)s,
                   'list-' || number, 1, 'sale', 'fiscalized',
                   (%(fn)s + number %% %(count)s)::text, number, number::text, 1, 1,
                   '2026-11-22T21:03', now(), 100, 10000, 0, 0, true, now(), '{}'
              FROM generate_series(1, %(receipts)s) number
            """,
            {
                "tills": cls.tills.ids,
                "count": TILLS,
                "company": cls.company.id,
                "currency": cls.company.currency_id.id,
                "fn": int(FN) + 1000,
                "receipts": RECEIPTS,
            },
        )
        cls.env.cr.execute("ANALYZE kkt_receipt")

    def open(self, kind, tills):
        """What the browser asks for to show the tills; (seconds, statements)."""
        user = self.new_user(
            f"{kind}{len(tills)}",
            "base.group_user",
            "optics_pos_ru54fz.group_kkt_admin",
        )
        records = self.env["kkt.till"].with_user(user)
        arch = records.get_views([(False, kind)])["views"][kind]["arch"]
        fields = self.env["kkt.till"]._fields
        wanted = {
            name: (
                {"fields": {"display_name": {}}}
                if fields[name].type == "many2one"
                else {}
            )
            for name in etree.fromstring(arch).xpath("//field/@name")
        }
        for _warm in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before, started = self.env.cr.sql_log_count, time.perf_counter()
            found = records.web_search_read([("id", "in", tills.ids)], wanted)
            seconds = time.perf_counter() - started
            statements = self.env.cr.sql_log_count - before
        self.assertEqual(found["length"], len(tills))
        return seconds, statements

    def test_forty_tills_are_as_many_statements_as_one(self):
        for kind in ("kanban", "list"):
            _seconds, one = self.open(kind, self.till)
            seconds, forty = self.open(kind, self.tills)
            self.assertEqual(forty, one, kind)
            self.assertLess(seconds, 1, kind)

    def test_receipts_of_ones_shop_open_at_once(self):
        """The rule by shops costs no walk through the whole chain's receipts."""
        user = self.new_user(
            "shop_manager", "base.group_user", "point_of_sale.group_pos_manager"
        )
        self.tills[0].user_ids = user
        somebody = self.new_user("somebody", "base.group_user")
        self.tills[1:].user_ids = somebody
        self.env.flush_all()
        receipts = self.env["kkt.receipt"].with_user(user)
        for _warm in range(2):
            self.env.invalidate_all()
            started = time.perf_counter()
            found = receipts.web_search_read(
                [],
                {"fn": {}, "fd": {}, "till_id": {"fields": {"display_name": {}}}},
                limit=80,
            )
            seconds = time.perf_counter() - started
        self.assertEqual(found["length"], RECEIPTS // TILLS)
        self.assertEqual(
            {row["till_id"]["id"] for row in found["records"]}, {self.till.id}
        )
        self.assertLess(seconds, 1)

    def test_a_receipt_is_found_among_all(self):
        receipts = self.env["kkt.receipt"]
        started = time.perf_counter()
        found = receipts.web_search_read(
            [("number", "ilike", "77777")], {"fn": {}, "fd": {}}, limit=80
        )
        self.assertLess(time.perf_counter() - started, 1)
        self.assertIn(77777, [row["fd"] for row in found["records"]])
