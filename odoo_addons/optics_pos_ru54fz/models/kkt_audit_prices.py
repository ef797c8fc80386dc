from odoo import _, api, models
from odoo.exceptions import AccessError

#: What decides the price of a product and its line on the fiscal receipt.
_PRODUCT = ("list_price", "taxes_id", "kkt_subject", "kkt_payment_method")
#: Fields whose writing may change one of those.
_PRODUCT_KEYS = {*_PRODUCT, "type"}

_PRICELIST = ("active", "currency_id", "company_id")
_ITEM = (
    "applied_on",
    "product_tmpl_id",
    "product_id",
    "categ_id",
    "compute_price",
    "fixed_price",
    "percent_price",
    "price_discount",
    "price_surcharge",
    "price_round",
    "price_min_margin",
    "price_max_margin",
    "price_markup",
    "base",
    "base_pricelist_id",
    "min_quantity",
    "date_start",
    "date_end",
)
_TAX = ("amount", "amount_type", "price_include_override", "kkt_vat_code", "active")


class KktAudit(models.Model):
    _inherit = "kkt.audit"

    @api.model
    def _check_price_policy(self):
        """Cashiers and managers give discounts within limits; they set no prices.

        Nobody else's rights are narrowed, nor where no till is set up.

        :raises AccessError: for cashiers and managers of a company with tills
        """
        user = self.env.user
        if self.env.su or not user.has_group("optics_pos_ru54fz.group_kkt_cashier"):
            return
        if any(
            user.has_group(f"optics_pos_ru54fz.group_kkt_{role}")
            for role in ("accountant", "admin")
        ):
            return
        tills = self.env["kkt.till"].sudo()
        if tills.search_count([("company_id", "in", user.company_ids.ids)], limit=1):
            raise AccessError(
                _(
                    "Prices and loyalty programs are set by an accountant or an "
                    "administrator of the tills."
                )
            )


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def write(self, vals):
        audit = self.env["kkt.audit"]
        names = _PRODUCT if _PRODUCT_KEYS & vals.keys() else ()
        with audit._watching("price", self, names) as changed:
            res = super().write(vals)
        if changed:
            audit._check_price_policy()
        return res


class ProductTemplateAttributeValue(models.Model):
    _inherit = "product.template.attribute.value"

    def write(self, vals):
        audit = self.env["kkt.audit"]
        names = ("price_extra",) if "price_extra" in vals else ()
        with audit._watching("price", self, names) as changed:
            res = super().write(vals)
        if changed:
            audit._check_price_policy()
        return res


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["kkt.audit"]._check_price_policy()
        return super().create(vals_list)

    def write(self, vals):
        audit = self.env["kkt.audit"]
        audit._check_price_policy()
        names = [name for name in _PRICELIST if name in vals]
        with audit._watching("pricelist", self, names):
            return super().write(vals)

    def unlink(self):
        audit = self.env["kkt.audit"]
        audit._check_price_policy()
        # PostgreSQL removes the items, past their own unlink.
        audit._note("pricelist", "removed", self.sudo().item_ids, _ITEM)
        return super().unlink()


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    @api.model_create_multi
    def create(self, vals_list):
        audit = self.env["kkt.audit"]
        audit._check_price_policy()
        items = super().create(vals_list)
        audit._note("pricelist", "made", items, _ITEM)
        return items

    def write(self, vals):
        audit = self.env["kkt.audit"]
        audit._check_price_policy()
        names = _ITEM if {*_ITEM, "pricelist_id"} & vals.keys() else ()
        with audit._watching("pricelist", self, names and (*names, "pricelist_id")):
            return super().write(vals)

    def unlink(self):
        audit = self.env["kkt.audit"]
        audit._check_price_policy()
        audit._note("pricelist", "removed", self, _ITEM)
        return super().unlink()


class AccountTax(models.Model):
    _inherit = "account.tax"

    def write(self, vals):
        names = _TAX if set(_TAX) & vals.keys() else ()
        with self.env["kkt.audit"]._watching("tax", self, names):
            return super().write(vals)
