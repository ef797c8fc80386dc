from datetime import datetime

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from ..tools import jose, pin as pins
from .common import KktCommon
from .test_heartbeat import HEARTBEAT


@tagged("post_install", "-at_install")
class TestRoster(KktCommon):
    """Who may do what at a till, as the heartbeat brings it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        employees = cls.env["hr.employee"].sudo()
        cls.cashier_person = employees.create({"name": "Anna", "pin": "1111"})
        cls.senior = employees.create({"name": "Boris", "pin": "9999"})
        cls.stranger = employees.create({"name": "Vera"})
        cls.config.write(
            {
                "module_pos_hr": True,
                "basic_employee_ids": [(6, 0, cls.cashier_person.ids)],
                "advanced_employee_ids": [(6, 0, cls.senior.ids)],
            }
        )

    def roster(self, version=None):
        answer = self.till.with_user(self.worker)._heartbeat(
            {**HEARTBEAT, "roster": version}
        )
        if "roster" not in answer:
            return None
        return jose.verify(answer["roster"], "kkt-roster+jwt", answer["keys"])

    def person(self, employee):
        people = {person["id"]: person for person in self.roster()["people"]}
        return people.get(f"employee:{employee.id}")

    @freeze_time("2026-11-22 18:30:00")
    def test_what_it_says(self):
        self.config.kkt_cashier_closes_shift = True
        claims = self.roster()
        self.assertEqual(claims["aud"], "kkt-bridge")
        self.assertEqual(claims["till"], "TEST-1")
        self.assertEqual(claims["iss"], self.env["kkt.till"]._database_uuid())
        now = datetime(2026, 11, 22, 18, 30)
        self.assertEqual(claims["iat"], (now - datetime(1970, 1, 1)).total_seconds())
        self.assertEqual(claims["exp"] - claims["iat"], 30 * 86400)
        self.assertEqual(
            claims["limits"],
            {
                "discount_cashier": 10,
                "discount_manager": 50,
                "cashier_closes_shift": True,
            },
        )
        cashier = self.person(self.cashier_person)
        self.assertEqual((cashier["name"], cashier["role"]), ("Anna", "cashier"))
        self.assertTrue(pins.matches("1111", cashier["pin"]))
        self.assertFalse(pins.matches("1112", cashier["pin"]))
        self.assertEqual(self.person(self.senior)["role"], "manager")
        self.assertIsNone(self.person(self.stranger))
        self.assertNotIn("9999", str(claims))

    def test_roles_of_users(self):
        for group, role in (
            ("point_of_sale.group_pos_manager", "manager"),
            ("optics_pos_ru54fz.group_kkt_admin", "admin"),
        ):
            user = self.new_user(role, "base.group_user", group)
            employee = (
                self.env["hr.employee"]
                .sudo()
                .create({"name": role, "user_id": user.id})
            )
            person = self.person(employee)
            self.assertEqual(person["role"], role)
            self.assertIsNone(person["pin"])
            user.active = False
            self.assertIsNone(self.person(employee))

    def test_without_lists_everybody_sells(self):
        self.config.write({"basic_employee_ids": [(5,)]})
        self.assertEqual(self.person(self.stranger)["role"], "cashier")
        self.stranger.active = False
        self.assertIsNone(self.person(self.stranger))

    def test_people_of_another_company_are_none(self):
        company = self.env["res.company"].create({"name": "Other"})
        other = (
            self.env["hr.employee"]
            .sudo()
            .create({"name": "Other", "company_id": company.id})
        )
        self.config.write({"basic_employee_ids": [(5,)]})
        self.assertIsNone(self.person(other))

    def test_only_what_is_new_is_sent(self):
        self.assertNotIn(
            "roster", self.till.with_user(self.worker)._heartbeat(HEARTBEAT)
        )
        version = self.roster()["version"]
        self.assertIsNone(self.roster(version))
        salts = self.person(self.cashier_person)["pin"]["salt"]
        for change in (
            lambda: self.cashier_person.write({"pin": "2222"}),
            lambda: self.cashier_person.write({"name": "Alla"}),
            lambda: self.config.write({"kkt_discount_cashier": 7}),
            lambda: self.config.write(
                {"advanced_employee_ids": [(4, self.stranger.id)]}
            ),
            self.new_signing_key,
        ):
            change()
            self.env.flush_all()
            claims = self.roster(version)
            self.assertNotEqual(claims["version"], version)
            version = claims["version"]
            self.assertIsNone(self.roster(version))
        self.assertNotEqual(self.person(self.cashier_person)["pin"]["salt"], salts)

    def new_signing_key(self):
        pem = jose.generate_private_pem()
        jwk = jose.public_jwk(pem)
        self.env["kkt.signing.key"].sudo().create(
            {"kid": jwk["kid"], "private_pem": pem, "public_jwk": jwk}
        )

    def test_renewed_while_15_days_are_left(self):
        with freeze_time("2026-11-01 00:00:00"):
            claims = self.roster()
        expires = datetime.fromtimestamp(claims["exp"])
        for day in range(1, 30):
            with freeze_time(f"2026-11-{day:02d} 12:00:00"):
                left = (expires - fields.Datetime.now()).days
                fresh = self.roster(claims["version"])
                self.assertTrue(fresh or left >= 14, day)

    def test_bad_version_is_refused(self):
        with self.assertRaises(ValidationError):
            self.roster({"version": 1})
