from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.kkt_notification_channel import TELEGRAM_URL_PARAMETER
from ..tools import telegram
from .broken_server import ShortTimeouts
from .notification_common import CHAT, TOKEN, NotificationCase, alert

_LOGS = "odoo.addons.optics_pos_ru54fz.models.kkt_notification_delivery"


@tagged("post_install", "-at_install")
class TestNotifications(NotificationCase):
    """People hear of each trouble of a till once, and of its end."""

    def test_alert_is_told_once_and_its_end_once(self):
        channel = self.channel()
        self.beat(alert())
        self.assertEqual(self.api.messages, [], "never inside the heartbeat")
        self.beat(alert())
        self.run_job()
        self.run_job()
        (text,) = self.texts()
        self.assertIn("P1 Till 1 (TEST-1)", text)
        self.assertIn("Касса остановлена: исход чека неизвестен.", text)
        self.assertIn("22.11.2026 21:00 (MSK)", text)
        self.beat()
        self.run_job()
        self.run_job()
        self.assertEqual(len(self.texts()), 2)
        self.assertIn("Till 1 (TEST-1): over", self.texts()[1])
        self.assertEqual(self.rows(channel), [("began", "sent"), ("recovered", "sent")])
        self.assertEqual(self.api.refused, [])
        self.assertTrue(channel.last_sent_at)

    def test_the_next_time_is_another_alert(self):
        self.channel()
        self.beat(alert())
        self.run_job()
        self.beat(alert(since="2026-11-22T19:00:00Z"))
        self.run_job()
        first, second = self.till.alert_ids.sorted("id")
        self.assertTrue(first.ended)
        self.assertFalse(second.ended)
        # the first began, it is over, the second began
        self.assertEqual(len(self.texts()), 3)

    def test_a_till_whose_clock_is_ahead_has_one_alert(self):
        """Its text counts, and is another one with each heartbeat."""
        self.channel()
        ahead = fields.Datetime.now() + timedelta(days=1)
        since = f"{ahead.isoformat(timespec='seconds')}Z"
        for seconds in (86400, 86401, 86402):
            self.beat(alert("clock_odoo", "p2", since, f"Часы спешат на {seconds} с."))
            self.run_job()
        self.assertEqual(len(self.till.alert_ids), 1)
        self.assertLessEqual(self.till.alert_ids.began, fields.Datetime.now())
        self.assertEqual(len(self.texts()), 1)

    def test_an_alert_without_a_time_begins_when_it_is_told(self):
        self.channel()
        self.beat(alert(since=None))
        self.beat(alert(since=None))
        self.run_job()
        self.assertEqual(len(self.till.alert_ids), 1)
        self.assertEqual(len(self.texts()), 1)

    def test_a_worse_level_is_told_a_better_one_not(self):
        self.channel()
        self.beat(alert(level="p2"))
        self.run_job()
        self.beat(alert(level="p1"))
        self.run_job()
        self.beat(alert(level="p2"))
        self.run_job()
        self.assertEqual(len(self.texts()), 2)
        self.assertIn("P1 Till 1", self.texts()[1])

    def test_levels_and_tills_of_a_channel(self):
        other = self.env["kkt.till"].create(
            {
                "name": "Till 2",
                "code": "TEST-2",
                "pos_config_id": self.config.copy().id,
            }
        )
        self.channel(level_p1=False)
        self.channel(till_ids=[(6, 0, other.ids)])
        third = self.channel(level_p3=True)
        self.beat(alert(), alert("dlq", "p3", text="Очередь отказов"))
        self.run_job()
        self.assertEqual(self.rows(third), [("began", "sent")] * 2)
        self.assertEqual(len(self.texts()), 2)

    def test_lost_heartbeat_is_p2_and_its_return_is_told(self):
        channel = self.channel()
        self.beat()
        with self.later(minutes=5, seconds=30):
            self.env["kkt.till"]._watch()
            self.run_job()
            self.assertEqual(self.texts(), [], "Odoo itself may have been away")
        with self.later(minutes=6, seconds=30):
            self.run_job()
            (text,) = self.texts()
            self.assertIn("P2 Till 1", text)
            self.beat()
            self.run_job()
        self.assertEqual(len(self.texts()), 2)
        self.assertEqual(self.rows(channel), [("began", "sent"), ("recovered", "sent")])

    def test_a_till_taken_away_raises_nothing_more(self):
        self.channel()
        self.beat(alert())
        self.run_job()
        self.till.action_block()
        self.run_job()
        self.assertTrue(self.till.alert_ids.ended)

    def test_reminders_while_it_goes_on(self):
        channel = self.channel(reminder_hours=2)
        self.beat(alert())
        self.run_job()
        with self.later(hours=1, minutes=50):
            self.run_job()
        self.assertEqual(len(self.texts()), 1)
        for hours, count in ((2.1, 2), (3, 2), (4.2, 3)):
            with self.later(hours=hours):
                self.run_job()
            self.assertEqual(len(self.texts()), count)
        self.assertIn("still going on", self.texts()[1])
        self.assertEqual(
            channel.notification_ids.sorted("id").mapped("number"), [1, 1, 2]
        )
        silent = self.channel(reminder_hours=0)
        with self.later(hours=5):
            self.run_job()
        with self.later(hours=50):
            self.run_job()
        self.assertEqual(self.rows(silent), [("began", "sent")])

    def test_what_nobody_saw_is_told_in_one_message(self):
        channel = self.channel()
        self.beat(alert())
        self.beat()
        self.run_job()
        self.run_job()
        (text,) = self.texts()
        self.assertIn("Over:", text)
        self.assertEqual(self.rows(channel), [("began", "sent")])

    def test_a_new_channel_is_told_of_what_goes_on_not_of_history(self):
        self.beat(alert(), alert("buffer_full", text="Буфер полон"))
        self.beat(alert())
        with self.later(seconds=5):
            channel = self.channel()
            self.env.cr.execute(
                "UPDATE kkt_notification_channel SET create_date = %s WHERE id = %s",
                [fields.Datetime.now(), channel.id],
            )
            channel.invalidate_recordset()
            self.run_job()
        self.assertEqual(self.rows(channel), [("began", "sent")])

    def test_many_alerts_of_one_code_in_a_heartbeat(self):
        self.channel()
        self.beat(alert(), alert(level="p2", text="Второй"))
        self.run_job()
        self.assertEqual(len(self.texts()), 1)
        self.assertEqual(self.till.alert_ids.level, "p1")

    def test_a_heartbeat_without_news_writes_no_history(self):
        self.beat(alert())
        before = self.till.alert_ids.write_date
        with self.later(seconds=30):
            self.beat(alert())
        self.assertEqual(self.till.alert_ids.write_date, before)


@tagged("post_install", "-at_install")
class TestNotificationTroubles(ShortTimeouts, NotificationCase):
    """Channels fail; messages wait, and the channel says why."""

    @mute_logger(_LOGS)
    def test_retries_with_growing_pauses(self):
        channel = self.channel()
        self.beat(alert())
        self.api.answers += [self.api.error(502, "Bad Gateway")] * 3
        self.run_job()
        self.assertEqual(self.rows(channel), [("began", "waiting")])
        self.assertIn("out of order", channel.last_error)
        self.assertEqual(channel.failures, 1)
        self.run_job()
        self.assertEqual(channel.failures, 1, "not before the pause is over")
        for minutes, failures in ((1.1, 2), (3.2, 3)):
            with self.later(minutes=minutes):
                self.run_job()
            self.assertEqual(channel.failures, failures)
        with self.later(minutes=8):
            self.run_job()
        self.assertEqual(self.rows(channel), [("began", "sent")])
        self.assertFalse(channel.last_error or channel.failures or channel.next_try)
        self.assertEqual(len(self.texts()), 1)

    @mute_logger(_LOGS)
    def test_telegram_says_how_long_to_wait(self):
        channel = self.channel()
        self.beat(alert())
        self.api.answers.append(
            self.api.error(429, "Too Many Requests: retry after 900", retry_after=900)
        )
        self.run_job()
        self.assertIn("900", channel.last_error)
        with self.later(minutes=14):
            self.run_job()
        self.assertEqual(self.texts(), [])
        with self.later(minutes=16):
            self.run_job()
        self.assertEqual(len(self.texts()), 1)

    @mute_logger(_LOGS)
    def test_one_failing_channel_does_not_hold_up_another(self):
        broken = self.channel(chat_id="-5")
        good = self.channel()
        self.beat(alert())
        self.run_job()
        self.assertEqual(self.rows(broken), [("began", "waiting")])
        self.assertEqual(self.rows(good), [("began", "sent")])

    @mute_logger(_LOGS)
    def test_errors_are_said_in_russian(self):
        wrong = "987654321:AAE-another_token_of_no_bot_0000000"
        for values, answer, words in (
            ({"token": wrong}, None, "Telegram не знает этого бота"),
            ({"chat_id": "-5"}, None, "Telegram не находит чат -5"),
            (
                {},
                self.api.error(403, "Forbidden: bot was kicked from the group chat"),
                "Бот не может писать в чат",
            ),
            ({}, (200, b"<html>"), "отвечает не Telegram"),
            ({}, (500, b"oops"), "Telegram не работает"),
        ):
            with self.subTest(words):
                channel = self.channel(lang="ru_RU", **values)
                if answer:
                    self.api.answers.append(answer)
                told = channel.action_test()
                self.assertIn(words, channel.last_error)
                self.assertEqual(told["params"]["type"], "danger")
                self.assertEqual(told["params"]["message"], channel.last_error)
                self.assertNotIn(channel.token, channel.last_error)

    @mute_logger(_LOGS)
    def test_nothing_listens(self):
        self.env["ir.config_parameter"].set_param(
            TELEGRAM_URL_PARAMETER, "http://127.0.0.1:1"
        )
        channel = self.channel(lang="ru_RU")
        channel.action_test()
        self.assertIn("не отвечает", channel.last_error)
        self.assertNotIn(TOKEN, channel.last_error)

    @mute_logger(_LOGS)
    def test_an_answer_that_breaks_off_is_no_defect_of_ours(self):
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n"
        for answer, ending in (
            (b"", "reset"),
            (b"", "stall"),
            (head, "reset"),
            (head, "stall"),
            (head + b'{"ok"', "reset"),
            (head + b'{"ok"', "stall"),
        ):
            server = self.broken_server(answer, ending)
            with (
                self.subTest(answer=answer, ending=ending),
                patch.object(telegram, "TIMEOUT", 0.5),
            ):
                with self.assertRaises(telegram.TelegramError) as raised:
                    telegram.send_message(server.url, TOKEN, CHAT, "text")
                self.assertEqual(raised.exception.kind, "unreachable")
                self.assertNotIn(TOKEN, str(raised.exception))
                self.assertEqual(len(server.requests), 1)

    @mute_logger(_LOGS)
    def test_what_is_in_doubt_is_told_again(self):
        """Twice is better than never: as with an answer that does not come at all."""
        channel = self.channel()
        self.beat(alert())
        url = self.env["ir.config_parameter"].get_param(TELEGRAM_URL_PARAMETER)
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n"
        server = self.broken_server(head, "reset")
        self.env["ir.config_parameter"].set_param(TELEGRAM_URL_PARAMETER, server.url)
        self.run_job()
        self.assertEqual(self.rows(channel), [("began", "waiting")])
        self.assertEqual(channel.failures, 1)
        self.env["ir.config_parameter"].set_param(TELEGRAM_URL_PARAMETER, url)
        with self.later(minutes=2):
            self.run_job()
        self.assertEqual(self.rows(channel), [("began", "sent")])

    def test_mending_the_channel_sends_at_once(self):
        channel = self.channel(chat_id="-5")
        self.beat(alert())
        with mute_logger(_LOGS):
            self.run_job()
        channel.chat_id = f" {CHAT} "
        self.run_job()
        self.assertEqual(self.rows(channel), [("began", "sent")])

    @mute_logger(_LOGS)
    def test_a_group_that_moved_is_followed(self):
        channel = self.channel(chat_id="-77")
        self.api.problem = lambda request, raw: None
        self.addCleanup(self.api.__dict__.pop, "problem")
        self.api.answers.append(
            self.api.error(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=int(CHAT),
            )
        )
        channel.action_test()
        self.assertEqual(channel.chat_id, CHAT)
        self.assertFalse(channel.last_error)
        self.assertEqual(self.api.messages[0]["chat_id"], int(CHAT))

    @mute_logger(_LOGS)
    def test_a_day_later_it_is_no_news(self):
        channel = self.channel(chat_id="-5")
        self.beat(alert())
        self.run_job()
        with self.later(hours=25):
            self.run_job()
        self.assertEqual(self.rows(channel)[0], ("began", "failed"))

    @mute_logger(_LOGS)
    def test_what_nobody_was_told_is_told_when_the_channel_is_mended(self):
        channel = self.channel(chat_id="-5")
        self.beat(alert())
        self.run_job()
        with self.later(hours=25):
            self.run_job()
            channel.chat_id = CHAT
            self.run_job()
            self.run_job()
            self.assertEqual(
                self.rows(channel), [("began", "failed"), ("reminder", "sent")]
            )
            self.beat()
            self.run_job()
        self.assertEqual(self.rows(channel)[-1], ("recovered", "sent"))
        self.assertEqual(len(self.texts()), 2)

    def test_long_texts_are_cut_to_what_telegram_takes(self):
        self.channel()
        self.beat(alert(text="🔴" * 1000))
        self.run_job()
        self.till.alert_ids.sudo().text = "🔴" * 9000
        self.channel()
        self.run_job()
        self.assertEqual(self.api.refused, [])
        self.assertEqual(len(self.api.messages), 2)

    def test_bad_set_up_is_refused_with_words(self):
        for values, words in (
            ({"chat_id": "duty"}, "chat ID"),
            ({"chat_id": False}, "chat ID"),
            ({"token": "x"}, "BotFather"),
            ({"kind": "email", "emails": "a@b.ru, nobody"}, "nobody"),
            ({"kind": "email", "emails": False}, "name an e-mail"),
            ({"reminder_hours": -1}, "Reminders"),
        ):
            with self.subTest(words), self.assertRaisesRegex(ValidationError, words):
                self.channel(**values)


@tagged("post_install", "-at_install")
class TestNotificationMail(NotificationCase):
    def test_by_mail(self):
        person = self.new_user("duty", "base.group_user")
        person.email = "person@example.com"
        channel = self.mail_channel(user_ids=[(6, 0, person.ids)], lang="ru_RU")
        self.beat(alert())
        with self.mock_mail_gateway():
            self.run_job()
            (mail,) = self._mails
        addresses = ["duty@example.com", "owner@example.com", "person@example.com"]
        self.assertEqual(sorted(mail["email_to"]), addresses)
        self.assertIn("P1 Till 1 (TEST-1)", mail["subject"])
        self.assertIn("Касса остановлена", mail["body"])
        self.assertIn("Началось:", mail["body"])
        self.assertEqual(self.rows(channel), [("began", "sent")])

    @mute_logger(_LOGS, "odoo.addons.mail.models.mail_mail")
    def test_mail_server_away(self):
        channel = self.mail_channel(lang="ru_RU")
        self.beat(alert())
        with self.mock_mail_gateway():
            self.connect_mocked.side_effect = ConnectionRefusedError(111, "refused")
            self.run_job()
        self.assertEqual(self.rows(channel), [("began", "waiting")])
        self.assertIn("Почтовый сервер не отвечает", channel.last_error)
        with self.later(minutes=2), self.mock_mail_gateway():
            self.run_job()
            self.assertEqual(len(self._mails), 1)
        self.assertEqual(self.rows(channel), [("began", "sent")])


@tagged("post_install", "-at_install")
class TestAlertTasks(NotificationCase):
    def test_activity_for_the_responsible_until_it_is_over(self):
        manager = self.new_user(
            "m", "base.group_user", "point_of_sale.group_pos_manager"
        )
        self.till.responsible_id = manager
        self.beat(alert(), alert("dlq", "p3"))
        task = self.till.alert_ids.activity_ids
        self.assertEqual(task.user_id, manager)
        self.assertIn("P1", task.summary)
        self.beat(alert(level="p2"))
        self.assertEqual(self.till.alert_ids.activity_ids, task)
        self.beat()
        self.assertFalse(task.exists() and task.active)

    def test_without_one_a_manager_of_the_shop(self):
        manager = self.new_user(
            "m", "base.group_user", "point_of_sale.group_pos_manager"
        )
        self.beat(alert())
        person = self.till.alert_ids.activity_ids.user_id
        self.assertTrue(person.has_group("optics_pos_ru54fz.group_kkt_manager"))
        self.assertIn(self.company, person.company_ids)
        self.assertTrue(manager.active)

    def test_rights(self):
        channel = self.channel()
        self.beat(alert())
        self.run_job()
        groups = "optics_pos_ru54fz.group_kkt_%s"
        manager = self.new_user("m", "base.group_user", groups % "manager")
        admin = self.new_user("a", "base.group_user", groups % "admin")
        cashier = self.new_user("c", "base.group_user", groups % "cashier")
        with self.assertRaises(AccessError):
            channel.with_user(cashier).read(["name"])
        self.assertNotIn("token", channel.with_user(manager).read()[0])
        with self.assertRaises(AccessError):
            channel.with_user(manager).read(["token"])
        with self.assertRaises(AccessError):
            channel.with_user(manager).search([("token", "like", "123")])
        with self.assertRaises(AccessError):
            channel.with_user(manager).action_test()
        self.assertEqual(channel.with_user(admin).read(["token"])[0]["token"], TOKEN)
        self.assertFalse(channel.copy({"active": False}).token)
        row, history = channel.notification_ids, self.till.alert_ids
        for user in (manager, admin):
            for record in (row, history):
                with self.subTest(f"{user.login} {record._name}"):
                    self.assertTrue(record.with_user(user).read())
                    with self.assertRaises(UserError):
                        record.with_user(user).write({"create_uid": 1})
                    with self.assertRaises(UserError):
                        record.with_user(user).unlink()
        with self.assertRaises(UserError):
            history.sudo().unlink()
        with self.assertRaises(UserError):
            channel.with_user(admin).unlink()

    def test_views_open(self):
        groups = "optics_pos_ru54fz.group_kkt_%s"
        self.channel()
        self.beat(alert())
        self.run_job()
        for name in ("manager", "admin"):
            user = self.new_user(name, "base.group_user", groups % name)
            for model in ("kkt.alert", "kkt.notification", "kkt.notification.channel"):
                records = self.env[model].with_user(user)
                views = records.get_views([(False, kind) for kind in ("list", "form")])
                names = views["models"][model]["fields"]
                self.assertTrue(records.search([], limit=1).read(list(names)))
