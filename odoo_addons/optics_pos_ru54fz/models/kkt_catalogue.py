import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools import bridge_messages, wire
from ..tools.units import unit_code

#: Tag 1199 of goods without a tax.
_NO_VAT = 6


class KktCatalogueRemoval(models.Model):
    """A product that was deleted: tills that know it must hear of it."""

    _name = "kkt.catalogue.removal"
    _description = "Product Removed from Tills"
    _log_access = True

    product = fields.Integer(string="Product ID", required=True, index=True)

    @api.model
    def _note(self, product_ids):
        """Those of the products that are really gone."""
        gone = set(product_ids) - set(
            self.env["product.product"].browse(product_ids).exists().ids
        )
        self.sudo().create([{"product": product_id} for product_id in sorted(gone)])


class ProductProduct(models.Model):
    _inherit = "product.product"

    def unlink(self):
        ids = self.ids
        res = super().unlink()
        self.env["kkt.catalogue.removal"]._note(ids)
        return res


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def unlink(self):
        # PostgreSQL itself deletes the variants of a template.
        ids = self.with_context(active_test=False).product_variant_ids.ids
        res = super().unlink()
        self.env["kkt.catalogue.removal"]._note(ids)
        return res


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    @api.ondelete(at_uninstall=False)
    def _unlink_touch_pricelist(self):
        """A rule that is gone changes prices, and nothing else tells of it."""
        for pricelist in self.pricelist_id.sudo():
            pricelist.write({"sequence": pricelist.sequence})


class KktTill(models.Model):
    """The catalogue of a till: what its Point of Sale sells, as the page shows it."""

    _inherit = "kkt.till"

    def _catalogue(self, params):
        """One page of what changed at or after ``since``."""
        self.ensure_one()
        till = self.sudo()
        try:
            since = wire.instant(params, "since", optional=True)
            limit = wire.integer(
                params,
                "limit",
                least=1,
                most=bridge_messages.MAX_ITEMS,
                optional=True,
            )
            cursor = _read_cursor(params)
        except wire.WireError as error:
            raise ValidationError(str(error)) from error
        limit = limit or bridge_messages.MAX_ITEMS
        if cursor:
            until, whole, after = cursor["time"], cursor["whole"], cursor["after"]
        else:
            until, after = wire.iso(self._stable_time()), 0
            whole = since is not None and till._prices_changed(since)
        page = till._catalogue_page(since, whole, after, limit)
        removed = till._catalogue_removed(page, since)
        sold = [product_id for product_id in page.ids if product_id not in {*removed}]
        if since and not cursor:
            gone = self.env["kkt.catalogue.removal"].sudo()
            gone = gone.search([("create_date", ">=", since)])
            removed += gone.mapped("product")
        more = len(page) == limit
        items = till._catalogue_items(page.browse(sold))
        if since:
            removed += sorted(set(sold) - {item["id"] for item in items})
        return {
            "items": items,
            "removed": removed,
            "server_time": until,
            "cursor": more
            and json.dumps({"time": until, "whole": whole, "after": page[-1].id})
            or None,
        }

    @api.model
    def _stable_time(self):
        """No later than the beginning of any transaction that is not ended.

        A row carries the time at which its transaction began: one that is committed
        only after this look would otherwise be missed by the next.
        """
        self.env.cr.execute(
            """
            SELECT least(now(), min(xact_start)) AT TIME ZONE 'UTC'
              FROM pg_stat_activity
             WHERE datname = current_database() AND backend_type = 'client backend'
            """
        )
        return self.env.cr.fetchone()[0]

    def _catalogue_domain(self):
        """What the page itself loads (``product.template`` in Point of Sale)."""
        config = self.pos_config_id
        templates = self.env["product.template"].with_company(self.company_id)
        of_template = Domain(templates._load_pos_data_domain({}, config))
        return Domain("product_tmpl_id", "any", of_template)

    def _catalogue_page(self, since, whole, after, limit):
        products = self.env["product.product"].with_context(active_test=False)
        domain = Domain("id", ">", after)
        if since is None:
            domain &= Domain("active", "=", True) & self._catalogue_domain()
        elif not whole:
            domain &= Domain("write_date", ">=", since) | Domain(
                "product_tmpl_id.write_date", ">=", since
            )
        return products.search(domain, order="id", limit=limit)

    def _catalogue_removed(self, page, since):
        if since is None:
            return []
        sold = page.search(
            Domain("id", "in", page.ids)
            & Domain("active", "=", True)
            & self._catalogue_domain()
        )
        return (page - sold).ids

    def _prices_changed(self, since):
        """Did something change that every price or code may depend on?"""
        config = self.pos_config_id
        now = fields.Datetime.now()
        touched = Domain("write_date", ">=", since)
        dated = Domain.OR(
            Domain(name, ">=", since) & Domain(name, "<=", now)
            for name in ("date_start", "date_end")
        )
        taxes = self.env["account.tax"]._check_company_domain(self.company_id)
        looks = [
            ("pos.config", touched & Domain("id", "=", config.id)),
            ("account.fiscal.position", touched),
            ("account.tax", touched & Domain(taxes)),
            ("product.pricelist", touched),
            ("product.pricelist.item", touched | dated),
            # What an attribute adds to the price of a variant.
            ("product.template.attribute.value", touched),
        ]
        return any(
            self.env[model]
            .with_context(active_test=False)
            .search_count(domain, limit=1)
            for model, domain in looks
        )

    def _catalogue_items(self, products):
        company = self.company_id
        products = products.with_company(company).with_context(
            display_default_code=False, lang=self.env.context.get("lang")
        )
        prices = self._catalogue_prices(products)
        items = []
        for product in products:
            taxes = self._catalogue_taxes(product)
            vat = _vat_code(taxes)
            if vat is None:
                # The page refuses to sell it, too.
                continue
            items.append(
                {
                    "id": product.id,
                    "barcode": product.barcode or None,
                    "sku": product.default_code or None,
                    "name": product.display_name,
                    "price": self._price_with_taxes(product, prices[product.id], taxes),
                    "vat": vat,
                    "subject": int(product.kkt_subject or 1),
                    "payment_method": int(product.kkt_payment_method or 4),
                    "unit": unit_code(product.uom_id.name),
                }
            )
        return items

    def _catalogue_prices(self, products):
        pricelist = self.pos_config_id.pricelist_id
        if pricelist:
            return pricelist._get_products_price(products, 1.0)
        return {product.id: product.lst_price for product in products}

    def _catalogue_taxes(self, product):
        taxes = product.taxes_id.filtered_domain(
            self.env["account.tax"]._check_company_domain(self.company_id)
        )
        position = self.pos_config_id.default_fiscal_position_id
        return position.map_tax(taxes) if position else taxes

    def _price_with_taxes(self, product, price, taxes):
        """As the page shows it."""
        currency = self.pos_config_id.currency_id
        if any(not tax.price_include for tax in taxes.flatten_taxes_hierarchy()):
            price = taxes.compute_all(price, currency, 1.0, product)["total_included"]
        return currency.round(price)


def _vat_code(taxes):
    """Tag 1199 as the page finds it; None: a code is missing, or there are several."""
    codes = {tax.kkt_vat_code for tax in taxes.flatten_taxes_hierarchy()}
    if not codes:
        return _NO_VAT
    code = codes.pop()
    return int(code) if code and not codes else None


def _read_cursor(params):
    text = wire.text(params, "cursor", optional=True, longest=256)
    if text is None:
        return None
    try:
        cursor = json.loads(text)
        return {
            "time": wire.iso(wire.instant(cursor, "time")),
            "whole": bool(cursor["whole"]),
            "after": wire.integer(cursor, "after"),
        }
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise wire.WireError("cursor", "must be one that was answered") from error
