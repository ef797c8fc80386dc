from odoo.tests import tagged

from ..models.kkt_words import as_printed
from .common import KktCommon


@tagged("post_install", "-at_install")
class TestWords(KktCommon):
    """What programs name by codes people read in words, in their language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")

    def test_events(self):
        events = self.env["kkt.till.event"].with_context(lang="ru_RU")
        for kind, words in {
            "shift.opened": "Смена открыта",
            "dlq.added": "Чек окончательно отклонён",
            "incident.lane_stopped": "Касса остановлена",
            "newer.than_this": "newer.than_this",
        }.items():
            with self.subTest(kind):
                self.assertEqual(events.new({"kind": kind}).kind_text, words)
        for kind, words in events._kind_words().items():
            with self.subTest(kind):
                self.assertRegex(words, "[А-Яа-я]")

    def test_details_of_events(self):
        events = self.env["kkt.till.event"].with_context(lang="ru_RU")
        uuid = "dab11a83-4673-47a6-bb43-f68f8a9349a4"
        by = f"Управляева В. В. (employee:4), {uuid}"
        for data, words in (
            (
                {
                    "cashier": "Кассирова А. А.",
                    "cause": "receipt",
                    "date_time": "2026-11-23T14:51",
                    "fd": 2,
                    "fp": 3211472768,
                    "fn": "9999078900000101",
                    "shift": 1,
                },
                "кассир: Кассирова А. А.; как: первой продажей; смена: 1; ФД: 2; "
                "ФПД: 3211472768; ФН: 9999078900000101; время: 23.11.2026 14:51",
            ),
            ({"token": "***"}, ""),
            ({"from": "online", "to": "degraded"}, "В сети → Ограниченно"),
            (
                {"from": "2026-11-23T06:32:00", "to": "2026-11-23T06:22:00"},
                "23.11.2026 06:32 → 23.11.2026 06:22",
            ),
            ({"target": "ofd"}, "связь: ОФД"),
            ({"kopecks": 2000050}, "сумма: 20\xa0000,50"),
            (
                {
                    "refund_of": {"fn": "9999078900000101", "fd": 3},
                    "sum": "6890.00",
                    "by": by,
                    "reason": "expired",
                },
                f"кем: {by}; сумма: 6\xa0890,00; причина: expired; "
                "возврат по (ФН, ФД): 9999078900000101, 3",
            ),
            (
                {"code": "paper_out", "text": "Нет бумаги.", "deviceCode": 107},
                "Нет бумаги.; код ККТ: 107",
            ),
            (
                {"id": uuid, "kind": "sync_now", "text": "Отправка запущена."},
                "Отправка запущена.",
            ),
            (
                {"percent": 25, "person": "employee:4", "name": "У. В.", "by": uuid},
                "кто: У. В.; скидка, %: 25",
            ),
            (
                {"operation": "closeShift", "status": 200, "person": "employee:1"},
                "кто: employee:1; что: Z-отчёт",
            ),
            ({"operation": 2, "sumKopecks": 100}, "что: возврат прихода; сумма: 1,00"),
            ({"drift_ms": -3700378}, "расхождение, с: -3700,4"),
            ({"mismatches": ["total", "vat"]}, "различается: total, vat"),
            ({"future": {"a": 1}, "on": True}, "future: {'a': 1}"),
            (["list"], ""),
            (None, ""),
        ):
            with self.subTest(words):
                self.assertEqual(events.new({"data": data}).details or "", words)
        for name in ("_labels", "_codes"):
            for word in getattr(events, name)().values():
                with self.subTest(word):
                    self.assertRegex(word, "[А-Яа-я]|^P[123]$|^Odoo$")

    def test_causes_of_a_shift(self):
        shifts = self.env["kkt.shift"].with_context(lang="ru_RU")
        shift = shifts.new({"opened_cause": "receipt", "closed_cause": "new"})
        self.assertEqual(shift.opened_cause_text, "Первой продажей")
        self.assertEqual(shift.closed_cause_text, "new")
        self.assertFalse(shifts.new({}).opened_cause_text)

    def test_time_as_on_the_paper(self):
        self.assertEqual(as_printed("2026-11-22T21:03"), "22.11.2026 21:03")
        self.assertEqual(as_printed("soon"), "soon")
        self.assertFalse(as_printed(False))
