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
    # Its goods are sold at a typed price.
    "kkt_hand_product_id",
    "manual_discount",
    "restrict_price_control",
    "use_pricelist",
    "pricelist_id",
    "available_pricelist_ids",
    "payment_method_ids",
    # They decide the VAT.
    "tax_regime_selection",
    "default_fiscal_position_id",
    "fiscal_position_ids",
    # A preset brings a fiscal position and a price list of its own.
    "use_presets",
    "default_preset_id",
    "available_preset_ids",
    "cash_rounding",
    "rounding_method",
    "only_round_cash_method",
    "module_pos_hr",
    "minimal_employee_ids",
    "basic_employee_ids",
    "advanced_employee_ids",
)

#: What of a payment method decides how its money stands on a fiscal receipt, and in
#: which shops: ``config_ids`` is their ``payment_method_ids`` from the other side. The
#: journal gives the type, and that the payment on the receipt.
_METHOD = ("active", "config_ids", "journal_id", "type", "kkt_payment_type")
#: Fields whose writing may change one of those; the last makes the type "online".
_METHOD_KEYS = {*_METHOD, "is_online_payment"}

#: What of a preset decides the VAT, the price and the kind of the receipt.
_PRESET = ("fiscal_position_id", "pricelist_id", "is_return")


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
    """Odoo gives its managers payment methods; those of a till are an administrator's.

    Else a manager could have every card signed as cash.
    """

    _inherit = "pos.payment.method"

    @api.model_create_multi
    def create(self, vals_list):
        methods = super().create(vals_list)
        methods._kkt_configs()._kkt_check_may_change("payment_method_ids")
        self.env["kkt.audit"]._note("settings", "made", methods, _METHOD)
        return methods

    def write(self, vals):
        names = _METHOD if _METHOD_KEYS & vals.keys() else ()
        # The shops that it leaves count, too.
        before = {method: method._kkt_configs() for method in self if names}
        with self.env["kkt.audit"]._watching("settings", self, names) as changed:
            res = super().write(vals)
        for method in self.filtered(lambda method: method in changed):
            configs = before[method] | method._kkt_configs()
            configs._kkt_check_may_change("payment_method_ids")
        return res

    def unlink(self):
        self._kkt_configs()._kkt_check_may_change("payment_method_ids")
        self.env["kkt.audit"]._note("settings", "removed", self, _METHOD)
        return super().unlink()

    def _kkt_configs(self):
        """The shops that take one of these methods, whoever asks; archived ones too."""
        configs = self.env["pos.config"].sudo().with_context(active_test=False)
        return configs.search([("payment_method_ids", "in", self.ids)]).sudo(
            self.env.su
        )


class PosPreset(models.Model):
    """As payment methods; one that a shop offers Odoo itself does not let go."""

    _inherit = "pos.preset"

    def write(self, vals):
        names = [name for name in _PRESET if name in vals]
        with self.env["kkt.audit"]._watching("settings", self, names) as changed:
            res = super().write(vals)
        for preset in self.filtered(lambda preset: preset in changed):
            preset._kkt_configs()._kkt_check_may_change("available_preset_ids")
        return res

    def _kkt_configs(self):
        """The shops that offer one of these presets, whoever asks."""
        configs = self.env["pos.config"].sudo().with_context(active_test=False)
        offer = fields.Domain("available_preset_ids", "in", self.ids)
        offer |= fields.Domain("default_preset_id", "in", self.ids)
        return configs.search(offer).sudo(self.env.su)


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
        if self._kkt_may_set_up():
            return
        for config, names in changed.items():
            if names & keys:
                self._kkt_refuse_where_a_till_is(config, names & keys)

    def _kkt_check_may_change(self, name):
        """What these shops have in this field is about to change, or just did.

        :raises AccessError: for cashiers and managers, where a shop has a till
        """
        if self._kkt_may_set_up():
            return
        for config in self.sudo():
            self._kkt_refuse_where_a_till_is(config, {name})

    def _kkt_may_set_up(self):
        return self.env.su or self.env.user.has_group(_ADMIN)

    def _kkt_refuse_where_a_till_is(self, config, names):
        """:param config: read with all rights; the words are in the user's language"""
        if not config.kkt_till_id:
            return
        raise AccessError(
            _(
                "%(fields)s of %(shop)s is for an administrator of the tills.",
                fields=", ".join(
                    sorted(
                        config._fields[name]._description_string(self.env)
                        for name in names
                    )
                ),
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
