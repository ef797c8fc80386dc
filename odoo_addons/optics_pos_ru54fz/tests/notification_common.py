"""A stand-in for Telegram, and tills in trouble."""

import json
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from odoo import fields
from odoo.tests import freeze_time

from odoo.addons.mail.tests.common import MailCommon

from ..models.kkt_notification_channel import TELEGRAM_URL_PARAMETER
from .common import KktCommon
from .test_heartbeat import HEARTBEAT

TOKEN = "123456789:AAE-test_token-of_no_real_bot_00000"
CHAT = "-1001234567890"


def alert(code="lane_stopped", level="p1", since="2026-11-22T18:00:00Z", text=None):
    return {
        "code": code,
        "level": level,
        "since": since,
        "text": text or "Касса остановлена: исход чека неизвестен.",
    }


class BotApi:
    """Stands in for Telegram: takes what the Bot API takes, refuses the rest."""

    def __init__(self):
        self.messages = []
        self.refused = []
        #: Answers to give instead, in turn: ``(status, body)``.
        self.answers = []
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                status, body = api.answer(self, self.rfile.read(length))
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def answer(self, request, raw):
        problem = self.problem(request, raw)
        if problem:
            self.refused.append(problem)
            return self.error(*problem)
        if self.answers:
            return self.answers.pop(0)
        body = json.loads(raw)
        self.messages.append(body)
        message = {"message_id": len(self.messages), "text": body["text"]}
        return 200, {"ok": True, "result": message}

    @staticmethod
    def problem(request, raw):
        """As https://core.telegram.org/bots/api#sendmessage has it."""
        if request.path != f"/bot{TOKEN}/sendMessage":
            return 401, "Unauthorized"
        if request.headers.get_content_type() != "application/json":
            return 400, "Bad Request: message text is empty"
        try:
            body = json.loads(raw)
        except ValueError:
            return 400, "Bad Request: can't parse JSON"
        if body.keys() - {"chat_id", "text", "link_preview_options"}:
            return 400, "Bad Request: unknown member"
        if not isinstance(body.get("text"), str) or not body["text"]:
            return 400, "Bad Request: message text is empty"
        if len(body["text"].encode("utf-16-le")) > 2 * 4096:
            return 400, "Bad Request: message is too long"
        if body.get("chat_id") != int(CHAT):
            return 400, "Bad Request: chat not found"
        return None

    @staticmethod
    def error(code, description, **parameters):
        body = {"ok": False, "error_code": code, "description": description}
        return code, {**body, **({"parameters": parameters} if parameters else {})}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)


class NotificationCase(KktCommon, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.api = BotApi()
        cls.addClassCleanup(cls.api.stop)
        cls.env["ir.config_parameter"].set_param(TELEGRAM_URL_PARAMETER, cls.api.url)
        cls.cron = cls.env.ref("optics_pos_ru54fz.ir_cron_notify")
        # Those of a demonstration have troubles of their own, in any company.
        cls.env["kkt.notification.channel"].sudo().search([]).active = False
        others = cls.env["kkt.till"].sudo().search([("id", "!=", cls.till.id)])
        others.active = False

    def setUp(self):
        super().setUp()
        self.till.rotate_credential()
        self.api.messages.clear()
        self.api.refused.clear()
        self.api.answers.clear()

    def channel(self, **values):
        return self.env["kkt.notification.channel"].create(
            {
                "name": "Duty",
                "kind": "telegram",
                "chat_id": CHAT,
                "token": TOKEN,
                "company_id": self.company.id,
                "lang": "en_US",
                **values,
            }
        )

    def mail_channel(self, **values):
        return self.channel(
            kind="email", emails="duty@example.com, owner@example.com", **values
        )

    def beat(self, *alerts):
        beat = {**HEARTBEAT, "alerts": list(alerts)}
        return self.till.with_user(self.worker)._heartbeat(beat)

    def run_job(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def texts(self):
        return [message["text"] for message in self.api.messages]

    def rows(self, channel):
        return channel.notification_ids.sorted("id").mapped(
            lambda row: (row.kind, row.state)
        )

    @contextmanager
    def later(self, **delta):
        with freeze_time(fields.Datetime.now() + timedelta(**delta)):
            yield
