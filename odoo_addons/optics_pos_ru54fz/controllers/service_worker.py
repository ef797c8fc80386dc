import json
import re

from odoo import _
from odoo.http import request
from odoo.tools import file_open

from odoo.addons.point_of_sale.controllers.main import PosController

_SCRIPT = "optics_pos_ru54fz/static/src/worker/pos_service_worker.js"
_EXPORT = re.compile(r"^export (?=(?:const|function|class|async)\b)", re.MULTILINE)
_EXPORT_LIST = re.compile(r"^export \{[^}]*\};?", re.MULTILINE)


class KktPosController(PosController):
    def _get_pos_service_worker(self):
        """Ours before Odoo's: the first handler of a request is the one that answers.

        The module becomes the classic script that browsers register: a block of its
        own, without exports.
        """
        with file_open(_SCRIPT) as source:
            script = _EXPORT_LIST.sub("", _EXPORT.sub("", source.read()))
        stock = super()._get_pos_service_worker()
        texts = json.dumps(self._kkt_worker_texts())
        return f"{{\n{script}\ninstall(self, {texts});\n}}\n{stock}"

    def _kkt_worker_texts(self):
        """What the browser says when it can't start the Point of Sale without Odoo."""
        return {
            "lang": (request.env.lang or "en_US").partition("_")[0],
            "title": _("The Point of Sale can't be opened without Odoo now"),
            "body": [
                _(
                    "Odoo does not answer, and this browser has no copy of the Point "
                    "of Sale to start from: its session was closed, you have logged "
                    "out, or it was never opened here."
                ),
                _("What was sold is kept at the till and will reach Odoo by itself."),
                _(
                    "Check the network cable or the Wi-Fi and try again. If that does "
                    "not help, call the manager."
                ),
            ],
            "retry": _("Try again"),
        }
