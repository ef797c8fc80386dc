from odoo import SUPERUSER_ID, api, models
from odoo.http import request
from odoo.tools.misc import get_lang

from . import odoo_terms


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _auth_method_kkt_till(cls):
        """``Authorization: Bearer <code>.<secret>`` of a till; stateless.

        The request then acts as the technical user of the bridges, in the company of
        the till. The till itself is ``request.kkt_till``: it follows from the
        credential alone.
        """
        header = request.httprequest.headers.get("Authorization")
        request.session.can_save = False
        tills = request.env["kkt.till"].with_user(SUPERUSER_ID)
        till = tills._authenticate(header)
        request.update_env(
            user=till._worker().id,
            context={
                "allowed_company_ids": till.company_id.ids,
                # What is put on record for people is Russian, where that is installed.
                "lang": get_lang(till.env, "ru_RU").code,
            },
            su=False,
        )
        request.kkt_till = till.with_env(request.env)

    @api.model
    def _get_translations_for_webclient(self, modules, lang):
        translations, lang_params = super()._get_translations_for_webclient(
            modules, lang
        )
        code = lang or self.env.context.get("lang") or "en_US"
        for module in translations:
            translations[module] = odoo_terms.mended(translations[module], module, code)
        return translations, lang_params
