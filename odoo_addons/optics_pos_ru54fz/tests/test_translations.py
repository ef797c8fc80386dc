import io
import re

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
        cls.russian = {
            entry.msgid: entry.msgstr
            for entry in polib.pofile(file_path(f"{_MODULE}/i18n/ru.po"))
            if not entry.obsolete and not entry.fuzzy
        }

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

    def test_placeholders_are_kept(self):
        for source, value in self.russian.items():
            with self.subTest(source):
                self.assertEqual(
                    sorted(_PLACEHOLDER.findall(source)),
                    sorted(_PLACEHOLDER.findall(value)),
                )
