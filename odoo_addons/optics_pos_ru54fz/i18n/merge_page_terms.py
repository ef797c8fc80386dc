#!/usr/bin/python3
"""Bring the page's Russian (pos_ui/i18n/ru.po) into this addon's ru.po.

Odoo reads translations from the addon alone. Terms that the page no longer has are
dropped, all others stay. Needs python3-polib, as Odoo itself.
"""

from pathlib import Path

import polib

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[2] / "pos_ui" / "i18n" / "ru.po"
#: Odoo takes entries for the browser by this comment, and only with a place in code.
COMMENT = "module: optics_pos_ru54fz\nodoo-javascript"
PLACE = [("code:addons/optics_pos_ru54fz/static/src", "0")]


def of_page_alone(entry):
    return (
        "odoo-javascript" in entry.comment
        and "odoo-python" not in entry.comment
        and all(place.startswith("code:") for place, _line in entry.occurrences)
    )


def share(entry):
    """A term of this addon's own that the page has as well."""
    if "odoo-javascript" not in entry.comment:
        entry.comment += "\nodoo-javascript"
    entry.occurrences += [place for place in PLACE if place not in entry.occurrences]


def merge(path, page, translated):
    terms = polib.pofile(str(path), wrapwidth=78)
    kept = {entry.msgid: entry for entry in terms if not of_page_alone(entry)}
    dropped = [entry for entry in terms if of_page_alone(entry)]
    before = {entry.msgid for entry in dropped}
    for entry in dropped:
        terms.remove(entry)
    for entry in page:
        if entry.msgid in kept:
            share(kept[entry.msgid])
        else:
            terms.append(
                polib.POEntry(
                    msgid=entry.msgid,
                    msgstr=entry.msgstr if translated else "",
                    comment=COMMENT,
                    occurrences=PLACE,
                )
            )
    terms.sort(key=lambda entry: entry.msgid)
    terms.save(str(path))
    now = {entry.msgid for entry in page} - kept.keys()
    return sorted(now - before), sorted(before - now)


def main():
    page = polib.pofile(str(PAGE))
    added, dropped = merge(HERE / "ru.po", page, translated=True)
    merge(HERE / "optics_pos_ru54fz.pot", page, translated=False)
    for term in added:
        print(f"+ {term}")
    for term in dropped:
        print(f"- {term}")


if __name__ == "__main__":
    main()
