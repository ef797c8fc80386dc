import json

from odoo import api, fields, models

from ..tools import messages
from ..tools.vat import VAT_SHARE


class KktReceipt(models.Model):
    """What article 4.7 of 54-FZ asks of a receipt, in words of the language in use."""

    _inherit = "kkt.receipt"

    # XML-RPC has no whole numbers above 2³¹−1, and half of all fiscal signs are.
    content_text = fields.Text(
        string="Contents (JSON)",
        compute="_compute_content_text",
        help="The content as JSON text, for programs that cannot take it otherwise.",
    )

    @api.depends("content")
    def _compute_content_text(self):
        for receipt in self:
            receipt.content_text = json.dumps(receipt.content, ensure_ascii=False)

    def _requisites(self, contact=None):
        """Texts for a person, amounts as ``1 234,50``.

        :param str contact: the buyer's (tag 1008)
        """
        self.ensure_one()
        content = self.content or {}
        company = self.company_id
        day, _t, time = (self.date_time or "").partition("T")
        cashier = content.get("cashier")
        cashier = cashier if isinstance(cashier, dict) else {}
        operation = messages.OPERATIONS.get(self.type)
        titles = self._titles()
        items = [item for item in content.get("items") or [] if isinstance(item, dict)]
        return {
            "title": titles[self.type][0],
            "operation": titles[self.type][1],
            "operation_title": f"{titles[self.type][0]} ({titles[self.type][1]})",
            "is_refund": operation == 2,
            "seller": content.get("user_name") or company.name,
            "inn": self.inn or company.vat or "",
            "address": content.get("address")
            or company.partner_id._display_address(without_company=True).replace(
                "\n", ", "
            ),
            "tax_system": self._tax_systems().get(content.get("tax_system")),
            "number": self.receipt_no,
            "shift": self.shift,
            "date": ".".join(reversed(day.split("-"))),
            "time": time[:5],
            "cashier": cashier.get("name"),
            "cashier_inn": cashier.get("inn"),
            "items": [self._item_texts(item) for item in items],
            "total": _money(self.total_kopecks),
            "vat": self._vat_texts(items),
            "payments": self._payment_texts(content),
            "change": _money(self.change_kopecks) if self.change_kopecks else None,
            "rnm": (self.rnm or "").strip(),
            "fn": self.fn,
            "fd": str(self.fd),
            "fp": self.fp,
            "original": self._original_text(content),
            "correction": self._correction_text(content),
            "site": "www.nalog.gov.ru",
            "sender": company.email or "",
            "contact": contact,
            "qr": self.qr,
        }

    def _titles(self):
        _ = self.env._
        receipt, correction = _("Cash Receipt"), _("Correction Receipt")
        return {
            "sale": (receipt, _("income")),
            "refund": (receipt, _("return of income")),
            "sale_correction": (correction, _("income")),
            "refund_correction": (correction, _("return of income")),
        }

    def _tax_systems(self):
        """Tag 1055 by its bit."""
        _ = self.env._
        return {
            1: _("General taxation (OSN)"),
            2: _("Simplified taxation, income (USN)"),
            4: _("Simplified taxation, income minus expenses (USN)"),
            16: _("Unified agricultural tax (ESKhN)"),
            32: _("Patent taxation (PSN)"),
        }

    def _vat_labels(self):
        field = self.env["account.tax"]._fields["kkt_vat_code"]
        return dict(field._description_selection(self.env))

    def _item_texts(self, item):
        names = self.env["product.template"]._fields
        subjects = dict(names["kkt_subject"]._description_selection(self.env))
        methods = dict(names["kkt_payment_method"]._description_selection(self.env))
        kopecks = _kopecks(item.get("sum"))
        share = VAT_SHARE.get(item.get("vat"))
        return {
            "name": item.get("name"),
            "qty": _number(item.get("qty")),
            "price": _money(_kopecks(item.get("price"))),
            "sum": _money(kopecks),
            "vat": self._vat_labels().get(str(item.get("vat")), item.get("vat")),
            "vat_sum": _money(_included(kopecks, share)) if share else None,
            "subject": subjects.get(str(item.get("subject"))),
            "method": methods.get(str(item.get("payment_method"))),
        }

    def _vat_texts(self, items):
        """Tags 1102–1107 and those after them: the VAT by rate, item by item."""
        sums = {}
        for item in items:
            code = item.get("vat")
            share = VAT_SHARE.get(code)
            kopecks = _kopecks(item.get("sum"))
            sums[code] = sums.get(code, 0) + (
                _included(kopecks, share) if share else kopecks
            )
        labels = self._vat_labels()
        return [
            {
                "label": labels.get(str(code), code),
                "sum": _money(kopecks),
                "turnover": code not in VAT_SHARE,
            }
            for code, kopecks in sorted(sums.items(), key=lambda pair: str(pair[0]))
        ]

    def _payment_texts(self, content):
        _ = self.env._
        labels = {
            "cash": _("Cash"),
            "electronic": _("Cashless"),
            "prepaid": _("Offset of a prepayment"),
            "credit": _("On credit"),
            "other": _("Other consideration"),
        }
        return [
            {
                "label": labels.get(payment.get("method"), payment.get("method")),
                "sum": _money(_kopecks(payment.get("amount"))),
            }
            for payment in content.get("payments") or []
            if isinstance(payment, dict)
        ]

    def _original_text(self, content):
        original = content.get("refund_of")
        if not isinstance(original, dict):
            return None
        return self.env._(
            "FD %(fd)s, FP %(fp)s, FN %(fn)s",
            fd=original.get("fd"),
            fp=original.get("fp"),
            fn=original.get("fn"),
        )

    def _correction_text(self, content):
        correction = content.get("correction")
        if not isinstance(correction, dict):
            return None
        _ = self.env._
        if correction.get("basis") == "instruction":
            basis = _("by instruction No. %s", correction.get("number"))
        else:
            basis = _("on the seller's own account")
        return f"{basis}, {correction.get('date')}"


def _included(kopecks, share):
    """VAT in a gross amount, kopecks, rounded half up."""
    part, whole = share
    return (2 * kopecks * part + whole) // (2 * whole)


def _kopecks(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0
    return round(value * 100)


def _money(kopecks):
    roubles, rest = divmod(abs(int(kopecks)), 100)
    grouped = f"{roubles:,}".replace(",", "\N{NO-BREAK SPACE}")
    return f"{'-' if kopecks < 0 else ''}{grouped},{rest:02d}"


def _number(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    return f"{value:.6f}".rstrip("0").rstrip(".").replace(".", ",")
