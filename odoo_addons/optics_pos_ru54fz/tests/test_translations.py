import io
import re
from collections import defaultdict

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.misc import file_path
from odoo.tools.translate import trans_export

_MODULE = "optics_pos_ru54fz"
#: Where people read terms; Odoo would not complain if it looked into none of them.
_KINDS = (
    "model:ir.ui.menu,name:",
    "model:ir.actions.act_window,name:",
    "model_terms:ir.actions.act_window,help:",
    "model:ir.model.fields,field_description:",
    "model:ir.model.fields,help:",
    "model:ir.model.fields.selection,name:",
    "model:ir.model.constraint,message:",
    "model:res.groups,name:",
    "model_terms:ir.ui.view,arch_db:",
    f"code:addons/{_MODULE}/models/",
    f"code:addons/{_MODULE}/controllers/",
    f"code:addons/{_MODULE}/static/src/app/",
    # templates of the page
    f"code:addons/{_MODULE}/static/src",
)
_PLACEHOLDER = re.compile(r"%(?:\([a-z_]+\))?[.\d]*[sdf]")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """People read Russian: every term of the addon has its translation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        entries = [
            entry
            for entry in polib.pofile(file_path(f"{_MODULE}/i18n/ru.po"))
            if not entry.obsolete and not entry.fuzzy
        ]
        cls.russian = {entry.msgid: entry.msgstr for entry in entries}
        cls.marks = defaultdict(str, {one.msgid: one.comment for one in entries})
        cls.places = defaultdict(set)
        for entry in entries:
            cls.places[entry.msgid] |= {where for where, _line in entry.occurrences}

    def entries(self):
        """What Odoo itself finds to translate in this addon, the compiled page too."""
        buffer = io.BytesIO()
        trans_export(False, [_MODULE], buffer, "po", self.env)
        return list(polib.pofile(buffer.getvalue().decode()))

    def test_every_term_is_translated(self):
        entries = self.entries()
        found = "\n".join(where for one in entries for where, _line in one.occurrences)
        for kind in _KINDS:
            self.assertIn(kind, found)
        terms = {entry.msgid for entry in entries}
        missing = sorted(term for term in terms if not self.russian.get(term))
        self.assertEqual(missing, [])

    def test_every_place_has_its_translation(self):
        """Of models, menus and views Odoo reads only those whose place is named."""
        missing = sorted(
            (entry.msgid, where)
            for entry in self.entries()
            for where, _line in entry.occurrences
            if where.startswith("model") and where not in self.places[entry.msgid]
        )
        self.assertEqual(missing, [])

    def test_terms_of_code_are_read_for_their_side(self):
        """Odoo's server and its pages read only entries with their own mark."""
        missing = sorted(
            (entry.msgid, mark)
            for entry in self.entries()
            for mark in ("odoo-python", "odoo-javascript")
            if mark in entry.comment and mark not in self.marks[entry.msgid]
        )
        self.assertEqual(missing, [])

    def test_placeholders_are_kept(self):
        for source, value in self.russian.items():
            with self.subTest(source):
                self.assertEqual(
                    sorted(_PLACEHOLDER.findall(source)),
                    sorted(_PLACEHOLDER.findall(value)),
                )
