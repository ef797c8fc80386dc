import re

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
        return f"{{\n{script}\ninstall(self);\n}}\n{stock}"
