import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import KktCommon


@tagged("post_install", "-at_install")
class TestCatalogue(KktCommon):
    """What a till may sell, whole and as it changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A category of our own: the database may hold goods of a demonstration.
        cls.category = cls.env["pos.category"].create({"name": "Ours"})
        cls.config.write(
            {
                "limit_categories": True,
                "iface_available_categ_ids": [(6, 0, cls.category.ids)],
            }
        )
        cls.vat = cls.tax("22", 22, True, "11")
        cls.frame = cls.goods("Frame", 4500.10, cls.vat, barcode="4600000000017")
        cls.lens = cls.goods("Lens", 100, cls.tax("10", 10, False, "2"))

    @classmethod
    def tax(cls, name, amount, included, code):
        return cls.env["account.tax"].create(
            {
                "name": name,
                "amount": amount,
                "price_include_override": (
                    "tax_included" if included else "tax_excluded"
                ),
                "kkt_vat_code": code,
                "company_id": cls.company.id,
            }
        )

    @classmethod
    def goods(cls, name, price, taxes, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "lst_price": price,
                "taxes_id": [(6, 0, taxes.ids)],
                "available_in_pos": True,
                "pos_categ_ids": [(6, 0, cls.category.ids)],
                **values,
            }
        )

    def pull(self, **params):
        return self.till.with_user(self.worker)._catalogue(
            {"since": None, "cursor": None, "limit": 1000, **params}
        )

    def age(self, *products):
        """As if these, and all that prices depend on, had been written a day ago."""
        self.env.flush_all()
        before = fields.Datetime.now() - timedelta(days=1)
        for table in (
            "product_product",
            "product_template",
            "account_tax",
            "pos_config",
            "product_pricelist",
            "product_pricelist_item",
            "account_fiscal_position",
            "product_template_attribute_value",
        ):
            self.env.cr.execute(f"UPDATE {table} SET write_date = %s", [before])
        self.env.cr.execute(
            "UPDATE kkt_catalogue_removal SET create_date = %s", [before]
        )
        self.env.invalidate_all()

    def since(self):
        return (fields.Datetime.now() - timedelta(hours=1)).isoformat() + "Z"

    def test_whole(self):
        answer = self.pull()
        self.assertEqual(
            answer["items"],
            [
                {
                    "id": self.frame.id,
                    "barcode": "4600000000017",
                    "sku": None,
                    "name": "Frame",
                    "price": 4500.1,
                    "vat": 11,
                    "subject": 1,
                    "payment_method": 4,
                    "unit": 0,
                },
                {
                    "id": self.lens.id,
                    "barcode": None,
                    "sku": None,
                    "name": "Lens",
                    "price": 110.0,
                    "vat": 2,
                    "subject": 1,
                    "payment_method": 4,
                    "unit": 0,
                },
            ],
        )
        self.assertEqual((answer["removed"], answer["cursor"]), ([], None))
        self.assertRegex(answer["server_time"], r"^[-0-9]{10}T[:0-9]{8}Z$")

    def test_in_pages(self):
        first = self.pull(limit=1)
        self.assertEqual([row["id"] for row in first["items"]], [self.frame.id])
        second = self.pull(limit=1, cursor=first["cursor"])
        self.assertEqual([row["id"] for row in second["items"]], [self.lens.id])
        self.assertEqual(second["server_time"], first["server_time"])
        last = self.pull(limit=1, cursor=second["cursor"])
        self.assertEqual((last["items"], last["cursor"]), ([], None))

    def test_changes(self):
        self.age()
        self.assertEqual(self.pull(since=self.since())["items"], [])
        self.lens.lst_price = 200
        self.env.flush_all()
        answer = self.pull(since=self.since())
        self.assertEqual([row["price"] for row in answer["items"]], [220.0])
        self.assertEqual(answer["removed"], [])

    def test_no_longer_sold(self):
        for vals in (
            {"active": False},
            {"available_in_pos": False},
            {"sale_ok": False},
            {"pos_categ_ids": [(5,)]},
        ):
            with self.subTest(vals):
                product = self.goods("Gone", 1, self.vat)
                self.age()
                product.write(vals)
                self.env.flush_all()
                answer = self.pull(since=self.since())
                self.assertEqual(answer["removed"], [product.id])
                self.assertEqual(answer["items"], [])

    def test_goods_without_a_plain_vat_code_are_not_sold(self):
        """As the page has it: no tax is code 6, a tax needs its code, one alone."""
        unknown = self.tax("?", 5, True, False)
        other = self.tax("10 i", 10, True, "2")
        product = self.goods("Odd", 1, self.vat)
        for taxes, vat in ((self.vat.browse(), 6), (unknown, None), (self.vat, 11)):
            with self.subTest(vat):
                self.age()
                product.taxes_id = [(6, 0, taxes.ids)]
                self.env.flush_all()
                answer = self.pull(since=self.since())
                if vat:
                    self.assertEqual([row["vat"] for row in answer["items"]], [vat])
                else:
                    self.assertEqual(answer["removed"], [product.id])
        self.age()
        product.taxes_id = [(6, 0, (self.vat | other).ids)]
        self.env.flush_all()
        self.assertEqual(self.pull(since=self.since())["removed"], [product.id])
        self.assertEqual(len(self.pull()["items"]), 2)

    def test_deleted(self):
        for whole in (False, True):
            product = self.goods("Gone", 1, self.vat)
            self.age()
            (product.product_tmpl_id if whole else product).unlink()
            self.env.flush_all()
            self.assertEqual(self.pull(since=self.since())["removed"], [product.id])

    def test_a_dated_rule_changes_prices_on_its_day(self):
        rule = self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.env["product.pricelist"].create({"name": "P"}).id,
                "compute_price": "percentage",
                "percent_price": 50,
            }
        )
        for offset, count in ((-30, 2), (30, 0)):
            rule.date_start = fields.Datetime.now() + timedelta(minutes=offset)
            self.age()
            self.assertEqual(len(self.pull(since=self.since())["items"]), count)

    def test_prices_of_a_pricelist(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Ours",
                "currency_id": self.company.currency_id.id,
                "item_ids": [
                    (0, 0, {"compute_price": "percentage", "percent_price": 50})
                ],
            }
        )
        self.config.write(
            {
                "use_pricelist": True,
                "available_pricelist_ids": [(6, 0, pricelist.ids)],
                "pricelist_id": pricelist.id,
            }
        )
        prices = [row["price"] for row in self.pull()["items"]]
        self.assertEqual(prices, [2250.05, 55.0])
        self.age()
        self.assertEqual(self.pull(since=self.since())["items"], [])
        pricelist.item_ids.unlink()
        self.env.flush_all()
        prices = [
            row["price"]
            for row in self.pull(since=self.since())["items"]
            if row["id"] in (self.frame.id, self.lens.id)
        ]
        self.assertEqual(prices, [4500.1, 110.0])

    def test_a_tax_changes_every_price(self):
        self.age()
        self.vat.kkt_vat_code = "1"
        self.env.flush_all()
        answer = self.pull(since=self.since())
        self.assertEqual([row["vat"] for row in answer["items"]], [1, 2])

    def test_nothing_is_missed_by_a_transaction_that_is_still_open(self):
        """The answered time lies before the beginning of every open transaction."""
        with self.registry.cursor() as other:
            other.execute("SELECT now() AT TIME ZONE 'UTC'")
            begun = other.fetchone()[0]
            answer = self.pull()
        told = fields.Datetime.to_datetime(answer["server_time"][:19].replace("T", " "))
        self.assertLessEqual(told, begun)

    def test_bad_input(self):
        for params, field in [
            ({"since": "yesterday"}, "since"),
            ({"limit": 0}, "limit"),
            ({"limit": 1001}, "limit"),
            ({"cursor": "x"}, "cursor"),
            ({"cursor": "{}"}, "cursor"),
            ({"cursor": "[]"}, "cursor"),
            ({"cursor": 5}, "cursor"),
        ]:
            with self.subTest(params), self.assertRaisesRegex(
                ValidationError, f"^{field}: "
            ):
                self.pull(**params)

    def test_a_thousand_items_are_fast(self):
        self.env["product.product"].create(
            [
                {
                    "name": f"P{number}",
                    "type": "consu",
                    "lst_price": number,
                    "default_code": f"SKU-{number}",
                    "taxes_id": [(6, 0, self.vat.ids)],
                    "available_in_pos": True,
                    "pos_categ_ids": [(6, 0, self.category.ids)],
                }
                for number in range(998)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before, statements = time.monotonic(), self.env.cr.sql_log_count
        answer = self.pull()
        self.assertEqual(len(answer["items"]), 1000)
        self.assertLess(self.env.cr.sql_log_count - statements, 60)
        self.assertLess(time.monotonic() - before, 5)
