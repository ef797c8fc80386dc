import re

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path

from ..models import odoo_terms

_LANG = "ru_RU"
#: What is installed on a till, in the page.
_MODULES = ("point_of_sale", "pos_hr", "pos_sale", "pos_loyalty", "pos_online_payment")
#: Pages of the page that no cashier opens: debugging, and the set-up of Epson printers.
_NOBODY_SEES = ("app/utils/debug/", "/backend/test_epos/")
_PLACEHOLDER = re.compile(r"%(?:\([a-zA-Z_]+\))?[sdf]")
#: The page fills in words of its code ("quantity"): our sentence does without.
_WITHOUT_VALUE = {
    "%s update not allowed",
    "You can not change the %s of the refund order.",
}


def _entries(module, name):
    return {
        entry.msgid: entry
        for entry in polib.pofile(file_path(f"{module}/i18n/{name}"))
        if "odoo-javascript" in entry.comment
    }


@tagged("post_install", "-at_install")
class TestOdooTerms(TransactionCase):
    """Odoo's own screens of the Point of Sale are Russian as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(_LANG)

    def page(self, module, lang):
        translations, _params = self.env["ir.http"]._get_translations_for_webclient(
            [module], lang
        )
        messages = translations[module]["messages"]
        words = {message["id"]: message["string"] for message in messages}
        self.assertEqual(len(words), len(messages), "a term comes once")
        return words

    def test_the_page_gets_our_words_in_the_place_of_odoos(self):
        words = self.page("point_of_sale", _LANG)
        self.assertEqual(words["Change"], "Сдача")
        self.assertEqual(words["Refund Initiated"], "Возврат оформлен")
        odoos = _entries("point_of_sale", "ru.po")
        self.assertEqual(words["Validate"], odoos["Validate"].msgstr)

    def test_other_languages_stay_as_they_are(self):
        self.assertNotIn("Change", self.page("point_of_sale", "en_US"))

    def test_no_term_of_the_page_is_left_in_english(self):
        for module in _MODULES:
            words = self.page(module, _LANG)
            for term, entry in _entries(module, f"{module}.pot").items():
                places = [
                    place
                    for place, _line in entry.occurrences
                    if place.startswith("code:")
                    and not any(part in place for part in _NOBODY_SEES)
                ]
                if places:
                    with self.subTest(module=module, term=term, place=places[0]):
                        self.assertTrue(words.get(term))

    def test_each_term_of_ours_is_one_of_odoos_and_needed(self):
        for module in _MODULES:
            source = _entries(module, f"{module}.pot")
            odoos = _entries(module, "ru.po")
            for term, value in odoo_terms.terms(module, _LANG).items():
                with self.subTest(module=module, term=term):
                    self.assertIn(term, source)
                    self.assertNotEqual(value, "")
                    self.assertNotEqual(
                        value, odoos[term].msgstr if term in odoos else ""
                    )
                    if term not in _WITHOUT_VALUE:
                        self.assertEqual(
                            sorted(_PLACEHOLDER.findall(term)),
                            sorted(_PLACEHOLDER.findall(value)),
                        )

    def test_the_card_of_the_point_of_sale(self):
        russian = self.env["pos.config"].with_context(lang=_LANG, tz="Europe/Moscow")
        view = russian.get_view(
            self.env.ref("point_of_sale.view_pos_config_kanban").id, "kanban"
        )
        self.assertIn("<span>Продано</span>", view["arch"])
        config = russian.create({"name": "Касса"})
        session = russian.env["pos.session"].create({"config_id": config.id})
        session.start_at = "2026-11-22 22:30:00"
        russian.env["pos.order"].create(
            {
                "session_id": session.id,
                "state": "paid",
                "amount_tax": 0,
                "amount_total": 100,
                "amount_paid": 100,
                "amount_return": 0,
            }
        )
        shown = config.get_statistics_for_session(session)
        self.assertEqual(shown["date"]["start_date"], "23 нояб.")
        self.assertIn("(заказов: 1)", shown["orders"]["paid"]["display"])
        stock = config.with_context(lang="en_US").get_statistics_for_session(session)
        self.assertIn("(1 order)", stock["orders"]["paid"]["display"])
