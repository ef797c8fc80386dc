import json
import smtplib
from datetime import timedelta
from unittest.mock import patch

import psycopg2
import requests

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon
from odoo.addons.sms.tests.common import MockSMS
from odoo.addons.sms.tools.sms_api import SmsApi

from .broken_server import ShortTimeouts
from .common import FN, KktCommon

_LOGS = (
    "odoo.addons.optics_pos_ru54fz.models.kkt_electronic_receipt",
    "odoo.addons.optics_pos_ru54fz.models.kkt_electronic_receipt_message",
    "odoo.addons.mail.models.mail_mail",
    "odoo.addons.base.models.ir_mail_server",
    "odoo.addons.iap.tools.iap_tools",
)
EMAIL = {"email": "buyer@example.ru", "phone": None, "name": None, "inn": None}
PHONE = {"email": None, "phone": "8 (999) 000-00-00", "name": None, "inn": None}


@tagged("post_install", "-at_install")
class ElectronicCase(KktCommon, MailCommon, MockSMS):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.env["iap.account"].get("sms")
        cls.company.email = "kassa@optika.example"
        cls.config.kkt_electronic_receipt = "odoo"
        cls.config.kkt_electronic_since = False
        cls.cron = cls.env.ref("optics_pos_ru54fz.ir_cron_electronic_receipts")

    def setUp(self):
        super().setUp()
        # Receipts come within seconds, unless the till was offline.
        self.enterContext(freeze_time("2026-11-22 18:03:30"))

    def row(self, customer=None, uuid=None, **values):
        return self.receipt_row(
            uuid,
            customer=customer,
            user_name="ООО Оптика",
            address="Москва, ул. Тверская, 1",
            tax_system=1,
            **values,
        )

    def delivered(self, customer=None, **values):
        row = self.row(customer, **values)
        self.deliver(row)
        return self.receipt_of(row)

    def run_job(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def send(self):
        """One run of the job with a mail server; returns the messages that left."""
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.run_job()
            return [mail["EmailMessage"] for mail in self._mails]


class TestElectronicReceipt(ElectronicCase):
    """Who named a contact gets the receipt, once."""

    def test_by_mail_with_all_that_the_law_asks(self):
        items = [
            {
                "sku": "FR-001",
                "name": "Оправа Ray-Ban RX5228",
                "qty": 1,
                "price": 4500,
                "sum": 4500,
                "vat": 6,
                "payment_method": 4,
                "subject": 1,
                "unit": 0,
            },
            {
                "sku": "SG-2",
                "name": "Очки солнцезащитные",
                "qty": 2,
                "price": 1250.25,
                "sum": 2500.5,
                "vat": 11,
                "payment_method": 4,
                "subject": 1,
                "unit": 0,
            },
        ]
        payments = [
            {"method": "electronic", "amount": 2500},
            {"method": "cash", "amount": 5000},
        ]
        receipt = self.delivered(
            EMAIL, items=items, payments=payments, total=7000.5, change=499.5
        )
        (message,) = self.send()
        self.assertEqual(message["To"], "buyer@example.ru")
        self.assertIn("kassa@optika.example", message["Reply-To"])
        self.assertEqual(
            message["Subject"],
            "Кассовый чек № 5 от 22.11.2026, 7\N{NO-BREAK SPACE}000,50 ₽, ООО Оптика",
        )
        html = message.get_body(("html",)).get_content()
        for requisite in (
            "Кассовый чек",  # 1000
            "приход",  # 1054
            "ООО Оптика",  # 1048
            "Москва, ул. Тверская, 1",  # 1009
            "7700007773",  # 1018
            "22.11.2026",  # 1012
            "21:03",
            "смена 12",  # 1038
            "Оправа Ray-Ban RX5228",  # 1030
            "Очки солнцезащитные",
            "1\N{NO-BREAK SPACE}250,25",  # 1079
            "2\N{NO-BREAK SPACE}500,50",  # 1043
            "НДС 22 %",  # 1199
            "450,91",  # 1200: 2500.50 × 22/122
            "Товар",  # 1212
            "Полный расчёт",  # 1214
            "7\N{NO-BREAK SPACE}000,50",  # 1020
            "Безналичные",  # 1081
            "Наличные",  # 1031
            "499,50",
            "ОСН",  # 1055
            "Cashier A. A.",  # 1021
            "0000000001000001",  # 1037
            FN,  # 1041
            str(receipt.fd),  # 1040
            "4123456789",  # 1077
            "www.nalog.gov.ru",  # 1060
            "buyer@example.ru",  # 1008
            "kassa@optika.example",  # 1117
        ):
            with self.subTest(requisite):
                self.assertIn(requisite, html)
        (picture,) = message.iter_attachments()
        self.assertEqual(picture["Content-ID"], "<kkt-qr.png>")
        self.assertTrue(picture["Content-Disposition"].startswith("inline"))
        self.assertIn('src="cid:kkt-qr.png"', html)
        self.assertTrue(picture.get_content().startswith(b"\x89PNG"))
        row = receipt.electronic_ids
        self.assertRecordValues(
            row,
            [
                {
                    "state": "sent",
                    "kind": "email",
                    "contact": "buyer@example.ru",
                    "consent_how": "receipt",
                    "consent_by": "Cashier A. A.",
                    "consent_at": receipt.date_utc,
                    "tries": 1,
                    "error": False,
                }
            ],
        )
        self.assertTrue(row.sent_at)
        self.assertEqual(row.log_ids.sorted("id").mapped("what"), ["queued", "sent"])
        self.assertFalse(row.mail_id)

    def test_never_twice(self):
        row = self.row(EMAIL)
        self.deliver(row)
        self.deliver(row)
        self.deliver({**row, "ofd_delivered": True})
        self.assertEqual(len(self.send()), 1)
        self.deliver(row)
        self.assertEqual(self.send(), [])
        self.assertEqual(len(self.receipt_of(row).electronic_ids), 1)

    def test_by_sms(self):
        receipt = self.delivered(PHONE)
        with self.mockSMSGateway():
            self.run_job()
            (sms,) = self._sms
        self.assertEqual(sms["number"], "+79990000000")
        row = receipt.electronic_ids
        self.assertEqual(row.state, "sent")
        for part in (
            "Кассовый чек (приход) от 22.11.2026 21:03",
            "4\N{NO-BREAK SPACE}500,10",
            "0000000001000001",
            "4123456789",
            f"/kkt/r/{row.sudo().access_token}",
        ):
            self.assertIn(part, sms["body"])

    def test_the_link_shows_the_receipt(self):
        receipt = self.delivered(PHONE)
        with self.mockSMSGateway():
            self.run_job()
        token = receipt.electronic_ids.sudo().access_token
        response = self.url_open(f"/kkt/r/{token}")
        self.assertEqual(response.status_code, 200)
        self.assertIn(str(receipt.fp), response.text)
        self.assertIn("data:image/png;base64,", response.text)
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertEqual(self.url_open("/kkt/r/" + "a" * 24).status_code, 404)
        self.assertEqual(self.url_open("/kkt/r/x").status_code, 404)

    def test_contact_kept_with_the_order(self):
        self.open_new_session()
        order = self.sell()
        order.kkt_contact = "Buyer@Example.ru"
        receipt = self.delivered(uuid=order.uuid)
        self.assertRecordValues(
            receipt.electronic_ids,
            [{"contact": "buyer@example.ru", "consent_how": "order"}],
        )

    def test_order_that_comes_later(self):
        self.open_new_session()
        receipt = self.delivered(uuid="11111111-2222-4333-8444-555555555555")
        self.assertFalse(receipt.electronic_ids)
        data = self.create_ui_order_data(
            [(self.product, 1)], uuid=receipt.uuid, pos_order_ui_args={"state": "paid"}
        )
        data["kkt_contact"] = "+7 999 111-22-33"
        self.env["pos.order"].sync_from_ui([data])
        order = self.env["pos.order"].search([("uuid", "=", receipt.uuid)])
        self.env["kkt.receipt"]._link_missing()
        self.assertEqual(receipt.order_id, order)
        self.assertEqual(receipt.electronic_ids.contact, "+79991112233")
        self.assertEqual(receipt.electronic_ids.kind, "sms")

    def test_refund_is_sent_too(self):
        sold = self.delivered(EMAIL)
        back = self.delivered(
            EMAIL,
            type="refund",
            refund_of={
                "fn": FN,
                "fd": sold.fd,
                "fp": int(sold.fp),
                "date": "2026-11-22",
            },
        )
        first, second = self.send()
        self.assertIn("приход", first.get_body(("html",)).get_content())
        html = second.get_body(("html",)).get_content()
        self.assertIn("возврат прихода", html)
        self.assertIn(f"ФД {sold.fd}", html)
        self.assertEqual(back.electronic_ids.state, "sent")

    def test_only_where_odoo_is_to_send(self):
        for mode in ("none", "ofd"):
            self.config.kkt_electronic_receipt = mode
            self.assertFalse(self.delivered(EMAIL).electronic_ids)
        self.config.kkt_electronic_receipt = "odoo"
        self.assertFalse(self.delivered().electronic_ids, "nobody named a contact")
        waiting = self.delivered(EMAIL).electronic_ids
        self.config.kkt_electronic_receipt = "ofd"
        self.assertEqual(self.send(), [])
        self.assertEqual(waiting.state, "cancelled")

    def test_receipts_of_long_ago_are_not_sent(self):
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            self.assertFalse(self.delivered(EMAIL).electronic_ids)

    def test_a_restored_database_sends_nothing_twice(self):
        """The till delivers again what Odoo lost, and with it what was sent then."""
        receipt = self.delivered(EMAIL, delivered_before=True)
        self.assertTrue(receipt.delivered_before)
        self.assertEqual(receipt.electronic_ids.state, "cancelled")
        self.assertEqual(self.send(), [])
        receipt._resend("buyer@example.ru", "The buyer asked")
        self.assertEqual(len(self.send()), 1)

    def test_what_was_sold_under_another_sender_is_left_to_it(self):
        self.config.kkt_electronic_receipt = "ofd"
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self.config.kkt_electronic_receipt = "odoo"
            since = self.config.kkt_electronic_since
            self.assertEqual(since, fields.Datetime.now())
            self.config.write({"kkt_electronic_receipt": "odoo"})
            self.assertEqual(self.config.kkt_electronic_since, since)
            row = self.delivered(EMAIL).electronic_ids
            self.assertEqual(row.state, "cancelled")
            self.assertIn("another sender", row.error)
            self.assertEqual(self.send(), [])
            utc = f"{fields.Datetime.now().replace(second=0).isoformat()}Z"
            self.assertTrue(self.delivered(EMAIL, utc=utc).electronic_ids)
            self.assertEqual(len(self.send()), 1)
            # whoever set it there and back has not sent it: a manager sees the row
            row.receipt_id._resend("buyer@example.ru", "The buyer asked")
            self.assertEqual(len(self.send()), 1)

    def test_many_at_once(self):
        rows = [self.row(EMAIL) for _count in range(5)] + [self.row()]
        self.deliver(*rows)
        self.assertEqual(len(self.send()), 5)

    def test_contacts(self):
        parse = self.env["kkt.electronic.receipt"]._parse_contact
        for text, expected in {
            " Name@Shop.RU ": ("email", "name@shop.ru"),
            "89990000000": ("sms", "+79990000000"),
            "9990000000": ("sms", "+79990000000"),
            "+7 (999) 000-00-00": ("sms", "+79990000000"),
            "79990000000": ("sms", "+79990000000"),
            "+375291234567": ("sms", "+375291234567"),
            "nobody": None,
            "a@": None,
            "123": None,
            "": None,
        }.items():
            with self.subTest(text):
                self.assertEqual(parse(text), expected)


class TestElectronicTroubles(ElectronicCase):
    """What is proven not to have left is tried again; a doubt never is."""

    @mute_logger(*_LOGS)
    def test_mail_server_away_then_back(self):
        row = self.delivered(EMAIL).electronic_ids
        with self.mock_mail_gateway():
            self.connect_mocked.side_effect = ConnectionRefusedError(111, "refused")
            self.run_job()
        self.assertEqual((row.state, row.tries), ("waiting", 1))
        self.assertIn("Почтовый сервер не отвечает", row.error)
        self.assertEqual(self.send(), [], "not before the pause is over")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=2)):
            self.assertEqual(len(self.send()), 1)
        self.assertEqual((row.state, row.error), ("sent", False))

    def _failing(self, error):
        row = self.delivered(EMAIL).electronic_ids
        with (
            self.mock_mail_gateway(),
            patch.object(self.testing_smtp_session, "send_message", side_effect=error),
        ):
            self.run_job()
        return row

    @mute_logger(*_LOGS)
    def test_an_address_that_is_refused(self):
        refused = {"buyer@example.ru": (550, b"no such user")}
        row = self._failing(smtplib.SMTPRecipientsRefused(refused))
        self.assertEqual(row.state, "failed")
        self.assertIn("не принимает адреса", row.error)

    @mute_logger(*_LOGS)
    def test_a_server_that_asks_to_come_again(self):
        row = self._failing(smtplib.SMTPDataError(451, b"try later"))
        self.assertEqual(row.state, "waiting")
        self.assertIn("451 try later", row.error)

    @mute_logger(*_LOGS)
    def test_a_lost_answer_is_a_doubt(self):
        row = self._failing(smtplib.SMTPServerDisconnected("lost"))
        self.assertEqual(row.state, "failed")
        with freeze_time(fields.Datetime.now() + timedelta(hours=3)):
            self.assertEqual(self.send(), [])

    @mute_logger(*_LOGS)
    def test_a_run_that_broke_off_is_a_doubt(self):
        row = self.delivered(EMAIL).electronic_ids.sudo()
        row._start()
        self.assertEqual(row.state, "sending")
        self.assertEqual(self.send(), [])
        with freeze_time(fields.Datetime.now() + timedelta(minutes=20)):
            self.assertEqual(self.send(), [])
        self.assertEqual(row.state, "failed")
        self.assertIn("Неизвестно, ушло ли", row.error)

    @mute_logger(*_LOGS)
    def test_sms_provider_refuses(self):
        row = self.delivered(PHONE).electronic_ids
        with self.mockSMSGateway(sim_error="wrong_number_format"):
            self.run_job()
        self.assertEqual(row.state, "failed")
        other = self.delivered(PHONE).electronic_ids
        with self.mockSMSGateway(sim_error="credit"):
            self.run_job()
        self.assertEqual(other.state, "waiting")
        self.assertIn("SMS", other.error)
        with (
            freeze_time(fields.Datetime.now() + timedelta(minutes=2)),
            self.mockSMSGateway(),
        ):
            self.run_job()
            self.assertEqual(len(self._sms), 1)
        self.assertEqual(other.state, "sent")

    @mute_logger(*_LOGS)
    def test_a_receipt_that_cannot_be_rendered_stops_no_other(self):
        bad = self.delivered(EMAIL).electronic_ids
        good = self.delivered(EMAIL).electronic_ids
        rows = type(self.env["kkt.electronic.receipt"])
        make = rows._make_message

        def fail(row):
            if row.id == bad.id:
                raise KeyError("title")
            return make(row)

        with patch.object(rows, "_make_message", fail):
            self.assertEqual(len(self.send()), 1)
        self.assertEqual((bad.state, good.state), ("failed", "sent"))

    @mute_logger(*_LOGS, "odoo.addons.optics_pos_ru54fz.models.kkt_receipt_electronic")
    def test_nothing_here_hinders_a_delivery(self):
        with patch.object(
            type(self.env["kkt.electronic.receipt"]), "create", side_effect=ValueError
        ):
            receipt = self.delivered(EMAIL)
        self.assertTrue(receipt)
        self.assertFalse(receipt.electronic_ids)

    def test_what_odoo_tries_again_by_itself_is_not_hidden(self):
        failure = psycopg2.errors.SerializationFailure("concurrent update")
        with (
            patch.object(
                type(self.env["kkt.electronic.receipt"]), "create", side_effect=failure
            ),
            self.assertRaises(psycopg2.errors.SerializationFailure),
        ):
            self.delivered(EMAIL)


class TestElectronicSms(ShortTimeouts, ElectronicCase):
    """A provider whose answer is lost may have sent: that is not tried again."""

    def setUp(self):
        super().setUp()
        self.waiting = self.delivered(PHONE).electronic_ids

    def provider(self, url):
        """One run of the job, the SMS to this address, by Odoo's own code."""
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("sms.endpoint", url)
        origin = SmsApi._contact_iap

        def contact(api, endpoint, params, timeout=15):
            # In a test it would not even try.
            with patch("odoo.modules.module.current_test", None):
                return origin(api, endpoint, params, timeout=0.5)

        with (
            patch.object(SmsApi, "_contact_iap", contact),
            mute_logger(*_LOGS),
        ):
            self.run_job()
        return self.waiting

    def answering(self, member):
        body = json.dumps({"jsonrpc": "2.0", "id": "1", **member}).encode()
        head = "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
        return self.broken_server(head.encode() + body)

    def assertDoubt(self, row):
        self.assertEqual((row.state, row.tries), ("failed", 1))
        self.assertIn("неизвестно, ушло ли сообщение", row.error)
        sms = row.sms_id
        self.assertEqual((sms.state, sms.failure_type), ("error", "sms_server"))
        with (
            freeze_time(fields.Datetime.now() + timedelta(hours=3)),
            self.mockSMSGateway(),
        ):
            self.run_job()
            self.assertEqual(self._sms, [])

    def assertRefusal(self, row, failure_type):
        self.assertEqual((row.state, row.tries), ("waiting", 1))
        sms = row.sms_id
        self.assertEqual((sms.state, sms.failure_type), ("error", failure_type))
        with (
            freeze_time(fields.Datetime.now() + timedelta(minutes=2)),
            self.mockSMSGateway(),
        ):
            self.run_job()
            self.assertEqual(len(self._sms), 1)
        self.assertEqual((row.state, row.tries), ("sent", 2))

    def test_an_answer_that_does_not_come(self):
        server = self.broken_server(b"", "stall")
        self.assertDoubt(self.provider(server.url))
        self.assertEqual(len(server.requests), 1)

    def test_an_answer_that_breaks_off(self):
        server = self.broken_server(b"", "reset")
        self.assertDoubt(self.provider(server.url))
        self.assertEqual(len(server.requests), 1)

    def test_an_answer_that_is_none(self):
        for answer in (
            b"HTTP/1.1 502 Bad Gateway\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n\r\n?",
        ):
            with self.subTest(answer):
                self.waiting = self.delivered(PHONE).electronic_ids
                self.assertDoubt(self.provider(self.broken_server(answer).url))

    def test_a_provider_that_fails_by_its_own_word(self):
        with self.mockSMSGateway(sim_error="server_error"):
            self.run_job()
        self.assertDoubt(self.waiting)

    def test_nothing_listens(self):
        server = self.broken_server()
        server.stop()
        row = self.provider(server.url)
        self.assertIn("недоступен", row.error)
        self.assertRefusal(row, "sms_server")

    def test_a_connection_that_takes_too_long(self):
        with patch.object(requests, "post", side_effect=requests.ConnectTimeout):
            row = self.provider("http://127.0.0.1:1")
        self.assertRefusal(row, "sms_server")

    def test_no_credit_left(self):
        fault = {"data": {"name": "odoo.InsufficientCreditError", "message": "none"}}
        row = self.provider(self.answering({"error": fault}).url)
        self.assertRefusal(row, "sms_credit")

    @mute_logger(*_LOGS)
    def test_no_account(self):
        with self.mockSMSGateway(sim_error="unregistered"):
            self.run_job()
        self.assertRefusal(self.waiting, "sms_acc")


class TestElectronicOnPurpose(ElectronicCase):
    """A manager may send it again, and it is on record who, whereto and why."""

    def manager(self):
        return self.new_user(
            "m", "base.group_user", "optics_pos_ru54fz.group_kkt_manager"
        )

    def resend(self, receipt, user, contact, reason="The buyer has not got it"):
        action = receipt.with_user(user).action_send_electronically()
        wizard = (
            self.env["kkt.electronic.receipt.resend"]
            .with_user(user)
            .with_context(**action["context"])
        )
        wizard.create({"contact": contact, "reason": reason}).action_send()

    def test_again_by_a_manager(self):
        receipt = self.delivered(EMAIL)
        self.send()
        manager = self.manager()
        action = receipt.with_user(manager).action_send_electronically()
        self.assertEqual(action["context"]["default_contact"], "buyer@example.ru")
        self.resend(receipt, manager, "other@example.ru")
        (message,) = self.send()
        self.assertEqual(message["To"], "other@example.ru")
        row = receipt.electronic_ids
        self.assertEqual((row.state, row.consent_how), ("sent", "manager"))
        log = row.log_ids.sorted("id")
        self.assertEqual(log.mapped("what"), ["queued", "sent", "resend", "sent"])
        asked = log[2]
        self.assertEqual(asked.user_id, manager)
        self.assertEqual(asked.text, "The buyer has not got it")

    def test_after_the_refund_too(self):
        sold = self.delivered(EMAIL)
        self.delivered(
            type="refund", refund_of={"fn": FN, "fd": sold.fd, "fp": int(sold.fp)}
        )
        self.send()
        self.resend(sold, self.manager(), "buyer@example.ru")
        self.assertEqual(len(self.send()), 1)

    def test_a_receipt_without_a_contact_on_the_buyers_word(self):
        self.config.kkt_electronic_receipt = "none"
        receipt = self.delivered()
        self.resend(receipt, self.manager(), "89990000000")
        with self.mockSMSGateway():
            self.run_job()
            self.assertEqual(len(self._sms), 1)

    def test_refusals(self):
        receipt = self.delivered(EMAIL)
        manager = self.manager()
        with self.assertRaisesRegex(UserError, "being sent"):
            self.resend(receipt, manager, "buyer@example.ru")
        self.send()
        with self.assertRaisesRegex(UserError, "neither"):
            self.resend(receipt, manager, "nobody")
        cashier = self.new_user(
            "c", "base.group_user", "optics_pos_ru54fz.group_kkt_cashier"
        )
        with self.assertRaises(AccessError):
            receipt.with_user(cashier).action_send_electronically()
        self.config.kkt_electronic_receipt = "ofd"
        with self.assertRaisesRegex(UserError, "OFD"):
            receipt.with_user(manager).action_send_electronically()

    def test_kept(self):
        row = self.delivered(EMAIL).electronic_ids
        self.send()
        manager = self.manager()
        for record in (row, row.log_ids):
            with self.subTest(record._name):
                self.assertTrue(record.with_user(manager).read())
                with self.assertRaises(UserError):
                    record.with_user(manager).write({"contact": "x"})
                with self.assertRaises(UserError):
                    record.with_user(manager).unlink()
                with self.assertRaises(UserError):
                    record.sudo().unlink()
        with self.assertRaises(AccessError):
            row.with_user(manager).read(["access_token"])
        with self.assertRaises(UserError):
            row.log_ids.sudo().write({"text": "x"})

    def test_views_open(self):
        self.delivered(EMAIL)
        manager = self.manager()
        for model in ("kkt.electronic.receipt", "kkt.receipt"):
            records = self.env[model].with_user(manager)
            views = records.get_views([(False, kind) for kind in ("list", "form")])
            names = views["models"][model]["fields"]
            self.assertTrue(records.search([], limit=1).read(list(names)))
