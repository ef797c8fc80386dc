import re
from datetime import timedelta

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import wire

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DIGITS = re.compile(r"\d{1,10}")
_MAX_ROWS = 100
#: A receipt that has not come for so long is the reconciliation's matter.
_EARLY = timedelta(days=14)


class PosOrder(models.Model):
    """Receipts of any till of the company, so that any till can take goods back."""

    _inherit = "pos.order"

    @api.model
    def kkt_find_receipts(self, config_id, query, limit=30):
        """Sales that a refund may name, newest first.

        :param int config_id: the Point of Sale that asks; its company's receipts count
        :param dict query: ``{text?, fn?, fd?, fp?, date?}``; text is an order's number,
            an FD or FP, a buyer, a contact or an item; date ``YYYY-MM-DD`` by the till
        :returns: ``[{uuid, order_id|false, order_name, till, fn, fd, fp, date_time,
            total, customer, left}]``; left: what may still be taken back, roubles, null
            when the receipt can't be read. A sale whose order came before its receipt
            has no ``fn`` and no ``fp``, and ``fd`` 0
        """
        company = self._kkt_company_of(config_id)
        domain = self._kkt_receipt_domain(query)
        domain &= fields.Domain("company_id", "=", company.id)
        domain &= fields.Domain("type", "=", "sale")
        limit = min(limit, _MAX_ROWS) if type(limit) is int and limit > 0 else 30
        receipts = self.env["kkt.receipt"].sudo().search(domain, limit=limit)
        found = [self._kkt_found(receipt) for receipt in receipts]
        early = self._kkt_without_receipt(company, query, limit)
        return [self._kkt_found_early(order) for order in early] + found

    @api.model
    def kkt_refundable(self, uuids):
        """The fiscal documents of sales with their items, and what is left of them.

        :param list uuids: uuids of orders, up to 100
        :returns: ``{uuid: {fiscal, items, payments, left: [{line, qty, sum}],
            refunds: [{uuid, payments}]}}``; ``items`` and ``payments`` as on the
            receipts, ``left`` by position from 1
        """
        company = self.env.company
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(_("Only people of the Point of Sale may ask for this."))
        if not isinstance(uuids, list) or len(uuids) > _MAX_ROWS:
            raise UserError(_("Up to 100 orders can be asked for at once."))
        receipts = (
            self.env["kkt.receipt"]
            .sudo()
            .search(
                [
                    ("uuid", "in", [uuid for uuid in uuids if isinstance(uuid, str)]),
                    ("company_id", "=", company.id),
                    ("type", "=", "sale"),
                ],
                order="attempt",
            )
        )
        return {receipt.uuid: _refundable(receipt) for receipt in receipts}

    @api.model
    def _kkt_company_of(self, config_id):
        if not self.env.user.has_group("point_of_sale.group_pos_user"):
            raise AccessError(_("Only people of the Point of Sale may ask for this."))
        config = self.env["pos.config"].browse(config_id).exists()
        config.check_access("read")
        if not config:
            raise UserError(_("This Point of Sale does not exist."))
        return config.company_id

    @api.model
    def _kkt_receipt_domain(self, query):
        if not isinstance(query, dict):
            raise UserError(_("Say what to look for: a number, a date or a name."))
        domain = fields.Domain.TRUE
        if query.get("fn"):
            domain &= fields.Domain("fn", "=", str(query["fn"]))
        for name in ("fd", "fp"):
            if query.get(name):
                domain &= fields.Domain(name, "=", query[name])
        date = query.get("date")
        if date:
            if not isinstance(date, str) or not _DATE.fullmatch(date):
                raise UserError(_("A date is written as YYYY-MM-DD."))
            domain &= fields.Domain("date_time", "=like", f"{date}%")
        text = (query.get("text") or "").strip()
        if text:
            domain &= self._kkt_text_domain(text[:100])
        return domain

    @api.model
    def _kkt_text_domain(self, text):
        domain = fields.Domain.OR(
            fields.Domain(name, "ilike", text)
            for name in (
                "order_name",
                "order_id.name",
                "order_id.pos_reference",
                "order_id.tracking_number",
                "order_id.partner_id.name",
                "order_id.partner_id.email",
                "order_id.partner_id.phone",
                "order_id.lines.full_product_name",
            )
        )
        if _DIGITS.fullmatch(text):
            domain |= fields.Domain("fp", "=", str(int(text)))
            if int(text) < 2**31:
                domain |= fields.Domain("fd", "=", int(text))
        return domain

    @api.model
    def _kkt_without_receipt(self, company, query, limit):
        """Sales of tills whose fiscal receipt is still on its way to Odoo."""
        text = (query.get("text") or "").strip()[:100]
        if not text or any(query.get(name) for name in ("fn", "fd", "fp")):
            return self.browse()
        domain = fields.Domain("company_id", "=", company.id)
        domain &= fields.Domain("config_id.kkt_till_id", "!=", False)
        domain &= fields.Domain("state", "not in", ("draft", "cancel"))
        domain &= fields.Domain("is_refund", "=", False)
        domain &= fields.Domain("date_order", ">=", fields.Datetime.now() - _EARLY)
        domain &= fields.Domain.OR(
            fields.Domain(name, "ilike", text)
            for name in (
                "name",
                "pos_reference",
                "tracking_number",
                "partner_id.name",
                "partner_id.email",
                "partner_id.phone",
                "kkt_contact",
            )
        )
        orders = self.sudo().search(domain, limit=limit)
        return orders - orders._kkt_signed()

    @api.model
    def _kkt_found_early(self, order):
        till = order.config_id.kkt_till_id
        wall = fields.Datetime.context_timestamp(
            order.with_context(tz=till.timezone), order.date_order
        )
        return {
            "uuid": order.uuid,
            "order_id": order.id,
            "order_name": order.pos_reference or "",
            "till": till.name,
            "fn": "",
            "fd": 0,
            "fp": "",
            "date_time": wall.strftime("%Y-%m-%dT%H:%M"),
            "total": order.amount_total,
            "customer": order.partner_id.name or "",
            "left": None,
        }

    @api.model
    def _kkt_found(self, receipt):
        order = receipt.order_id
        try:
            lines = self.env["kkt.refund.reservation"]._left(receipt).lines()
            left = round(sum(line["sum"] for line in lines), 2)
        except wire.WireError:
            left = None
        return {
            "uuid": receipt.uuid,
            "order_id": order.id if order.state not in ("draft", "cancel") else False,
            "order_name": receipt.order_name or order.pos_reference or "",
            "till": receipt.till_id.name,
            "fn": receipt.fn,
            "fd": receipt.fd,
            "fp": receipt.fp,
            "date_time": receipt.date_time,
            "total": receipt.total_kopecks / 100,
            "customer": order.partner_id.name or "",
            "left": left,
        }


def _refundable(receipt):
    content = receipt.content or {}
    try:
        left = receipt.env["kkt.refund.reservation"]._left(receipt).lines()
    except wire.WireError:
        left = []
    return {
        "fiscal": receipt._fiscal(),
        "items": content.get("items") or [],
        "payments": content.get("payments") or [],
        "left": left,
        "refunds": [
            {
                "uuid": refund.uuid,
                "payments": (refund.content or {}).get("payments") or [],
            }
            for refund in receipt._refunds()
        ],
    }
