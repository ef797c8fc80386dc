"""Odoo's own words in the page of the Point of Sale, where its translation falls short.

Some of its Russian is missing and some is wrong (the change of a sale reads "modify").
``odoo_terms/<language>/<module>.po`` has ours; people see it instead of Odoo's.
"""

from functools import cache
from pathlib import Path

import polib

FOLDER = Path(__file__).resolve().parents[1] / "odoo_terms"


@cache
def terms(module, lang):
    """Our translations of a module's terms of the page.

    :param str lang: a code of Odoo's, e.g. ``ru_RU``
    :rtype: dict[str, str]
    """
    path = FOLDER / lang.split("_")[0] / f"{module}.po"
    if not path.is_file():
        return {}
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}


def mended(translations, module, lang):
    """Odoo's translations of a module with ours in them.

    :param translations: ``{"messages": ({"id", "string"}, ...)}``
    """
    ours = terms(module, lang)
    if not ours:
        return translations
    kept = [
        message
        for message in translations.get("messages", ())
        if message["id"] not in ours
    ]
    return {
        **translations,
        "messages": (
            *kept,
            *({"id": source, "string": value} for source, value in ours.items()),
        ),
    }
