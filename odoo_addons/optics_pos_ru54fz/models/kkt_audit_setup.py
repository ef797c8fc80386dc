from odoo import _, api, fields, models
from odoo.exceptions import AccessError

_ADMIN = "optics_pos_ru54fz.group_kkt_admin"

#: What of a till is set up by people; the rest is what its bridge tells.
_TILL = (
    "name",
    "code",
    "active",
    "pos_config_id",
    "timezone",
    "bridge_url",
    "responsible_id",
    "state",
    "credential_hash",
)

#: What of a Point of Sale decides discounts, prices, fiscal receipts and people.
_CONFIG = (
    "active",
    "kkt_user_ids",
    "kkt_discount_cashier",
    "kkt_discount_manager",
    "kkt_cashier_closes_shift",
    "kkt_down_payment",
    "kkt_electronic_receipt",
    "manual_discount",
    "restrict_price_control",
    "use_pricelist",
    "pricelist_id",
    "available_pricelist_ids",
    "payment_method_ids",
    "cash_rounding",
    "rounding_method",
    "only_round_cash_method",
    "module_pos_hr",
    "minimal_employee_ids",
    "basic_employee_ids",
    "advanced_employee_ids",
)


class KktTill(models.Model):
    _inherit = "kkt.till"

    @api.model_create_multi
    def create(self, vals_list):
        tills = super().create(vals_list)
        self.env["kkt.audit"]._note("till", "made", tills, _TILL)
        return tills

    def write(self, vals):
        names = [name for name in _TILL if name in vals]
        with self.env["kkt.audit"]._watching("till", self, names):
            return super().write(vals)

    def unlink(self):
        self.env["kkt.audit"]._note("till", "removed", self, _TILL)
        return super().unlink()


class PosPaymentMethod(models.Model):
    _inherit = "pos.payment.method"

    def write(self, vals):
        names = [name for name in ("kkt_payment_type", "active") if name in vals]
        with self.env["kkt.audit"]._watching("settings", self, names):
            return super().write(vals)


class PosConfig(models.Model):
    """The shop of a till: whose it is, and who may set it up."""

    _inherit = "pos.config"

    kkt_user_ids = fields.Many2many(
        "res.users",
        "kkt_pos_config_user_rel",
        "config_id",
        "user_id",
        string="Users of the Shop",
        copy=False,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        context={"active_test": False},
        help="Cashiers and managers who work here and see its till. Empty: all of the "
        "company. Accountants and till administrators see every shop.",
    )

    def write(self, vals):
        # Those below put values of their own into it.
        keys = set(vals)
        names = _CONFIG if keys.intersection(_CONFIG) else ()
        with self.env["kkt.audit"]._watching("settings", self, names) as changed:
            res = super().write(vals)
        self._kkt_check_may_set_up(changed, keys)
        return res

    def _kkt_check_may_set_up(self, changed, keys):
        """Odoo lets every Point of Sale user write here; where a till is, what decides
        discounts, prices and people is an administrator's.

        :raises AccessError: a cashier or manager changed such a setting
        """
        if self.env.su or self.env.user.has_group(_ADMIN):
            return
        for config, names in changed.items():
            if names & keys and config.kkt_till_id:
                fields_of = sorted(
                    config._fields[name]._description_string(self.env)
                    for name in names & keys
                )
                raise AccessError(
                    _(
                        "%(fields)s of %(shop)s is for an administrator of the tills.",
                        fields=", ".join(fields_of),
                        shop=config.name,
                    )
                )

    def _kkt_members(self, users):
        """Those of the users who belong to this shop."""
        self.ensure_one()
        listed = self.sudo().kkt_user_ids
        if not listed:
            return users
        admins = self.env.ref(_ADMIN).sudo().all_user_ids
        return users.filtered(lambda user: user in listed or user in admins)

    @api.model
    def _load_pos_data_read(self, records, config):
        """The page needs no list of users; Odoo sends it all fields."""
        rows = super()._load_pos_data_read(records, config)
        for row in rows:
            row.pop("kkt_user_ids", None)
        return rows
