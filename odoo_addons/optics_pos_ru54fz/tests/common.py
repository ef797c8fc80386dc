from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec

from odoo.addons.point_of_sale.tests.common import TestPoSCommon

from ..tools import jose

FN = "9999078900000101"
INN = "7700007773"


def browser_key():
    """The public half of a browser's key, as WebCrypto exports it."""
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": jose.b64url(numbers.x.to_bytes(32, "big")),
        "y": jose.b64url(numbers.y.to_bytes(32, "big")),
        "ext": True,
        "key_ops": ["verify"],
    }


def held_row(**values):
    """A receipt that its till holds, as ``bridge_messages.parse_held`` makes it."""
    return {
        "key": "11111111-2222:1",
        "type": "sale",
        "order_name": "00012",
        "total": 450010,
        "state": "fiscalized",
        "at": None,
        "fn": FN,
        "fd": 7,
        "leg_ofd": "pending",
        "leg_odoo": "pending",
        "attempts": 3,
        "error": None,
        **values,
    }


class KktCommon(TestPoSCommon):
    """A till on a Point of Sale, and receipts as its bridge sends them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("optics_pos_ru54fz.group_kkt_admin")
        # Messages are compared in their source language, whatever the database speaks.
        # English may not even be installed there.
        cls.env["res.lang"]._activate_lang("en_US")
        everybody = cls.env["res.users"].with_context(active_test=False)
        everybody.search([]).sudo().lang = "en_US"
        cls.config = cls.basic_config
        cls.company.vat = INN
        cls.till = cls.env["kkt.till"].create(
            {"name": "Till 1", "code": "TEST-1", "pos_config_id": cls.config.id}
        )
        cls.worker = cls.env.ref("optics_pos_ru54fz.user_kkt_worker")
        cls.product = cls.create_product("Frame", cls.categ_basic, 4500.10)
        cls.last_fd = 0

    def new_user(self, login, *group_xmlids, company=None):
        company = company or self.company
        groups = [self.env.ref(xmlid).id for xmlid in group_xmlids]
        return (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": login,
                    "login": f"test_{login}",
                    "lang": "en_US",
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                    "group_ids": [(6, 0, groups)],
                }
            )
        )

    def receipt_row(self, uuid=None, **values):
        """One row of ``receipts``, as contracts.md says; each a document of its own."""
        type(self).last_fd += 1
        return {
            "uuid": uuid or str(uuid4()),
            "attempt": 1,
            "type": "sale",
            "order_name": "00012",
            "fn": FN,
            "fd": self.last_fd,
            "fp": 4123456789,
            "shift": 12,
            "receipt": 5,
            "date_time": "2026-11-22T21:03",
            "utc": "2026-11-22T18:03:00Z",
            "timezone": "Europe/Moscow",
            "rnm": "0000000001000001",
            "inn": INN,
            "total": 4500.1,
            "change": 0,
            "items": [
                {
                    "sku": "FR-001",
                    "name": "Frame",
                    "qty": 1,
                    "price": 4500.1,
                    "sum": 4500.1,
                    "vat": 6,
                    "payment_method": 4,
                    "subject": 1,
                    "unit": 0,
                }
            ],
            "payments": [{"method": "cash", "amount": 4500.1}],
            "customer": None,
            "cashier": {"name": "Cashier A. A.", "inn": None},
            "refund_of": None,
            "hlc": {"local_time": "2026-11-22T18:03:01.123Z", "logical_counter": 2},
            "ofd_delivered": False,
            "content_hash": "ab" * 32,
            **values,
        }

    def deliver(self, *rows, till=None):
        """What the controller does with the rows; returns the results."""
        till = till or self.till
        receipts = (
            self.env["kkt.receipt"]
            .with_user(self.worker)
            .with_context(allowed_company_ids=till.company_id.ids)
        )
        return receipts._deliver(till.with_env(receipts.env), list(rows))

    def deliver_one(self, row, till=None):
        (result,) = self.deliver(row, till=till)
        return result

    def receipt_of(self, row):
        return self.env["kkt.receipt"].search(
            [("fn", "=", row["fn"]), ("fd", "=", row["fd"])]
        )

    def sell(self, **kwargs):
        """A paid order as the page sends it; needs an open session."""
        data = self.create_ui_order_data(
            [(self.product, 1)],
            uuid=kwargs.pop("uuid", None) or str(uuid4()),
            pos_order_ui_args={"state": "paid"},
            **kwargs,
        )
        self.env["pos.order"].sync_from_ui([data])
        return self.env["pos.order"].search([("uuid", "=", data["uuid"])])

    def sell_signed(self, **kwargs):
        """A paid order and its fiscal receipt."""
        order = self.sell(**kwargs)
        self.deliver(self.receipt_row(order.uuid))
        return order

    def program(self, kind, product, **values):
        """A programme of pos_loyalty, which this addon does not depend on."""
        if "is_reward_line" not in self.env["pos.order.line"]._fields:
            self.skipTest("pos_loyalty is not installed")
        return (
            self.env["loyalty.program"]
            .sudo()
            .create(
                {
                    "name": kind,
                    "program_type": kind,
                    "applies_on": "future",
                    "trigger": "auto",
                    "rule_ids": [(0, 0, {"product_ids": [(6, 0, product.ids)]})],
                    **values,
                }
            )
        )

    def blob_data(self, **changes):
        """(uuid, order) as the page serialises it for the bridge's copy."""
        uuid = str(uuid4())
        data = self.create_ui_order_data(
            [(self.product, 1)], uuid=uuid, pos_order_ui_args={"state": "paid"}
        )
        for payment in data["payment_ids"]:
            payment[2]["name"] = str(payment[2]["name"])
        for _code, _id, vals in (*data["lines"], *data["payment_ids"]):
            vals["uuid"] = str(uuid4())
        return uuid, {**data, **changes}
