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
