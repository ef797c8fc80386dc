import re

from odoo import api, fields, models

from .pos_order import UNSETTLED

#: A QR text of a receipt, as the register prints it.
_QR = re.compile(r"(?:^|&)(fn|i|fp)=(\d{1,16})")
_INT4 = 2**31


class KktReceipt(models.Model):
    """Finding a receipt by whatever number somebody has of it; what else is known."""

    _inherit = "kkt.receipt"

    number = fields.Char(
        string="Any Number",
        compute="_compute_number",
        search="_search_number",
        help="FD, FP, FN, an order's number, a registration number or the QR text.",
    )
    mismatch_text = fields.Text(
        string="What Differs",
        compute="_compute_mismatch_text",
        help="Where the fiscal drive's document is not what was asked for.",
    )
    order_missing = fields.Boolean(
        compute="_compute_order_missing", search="_search_order_missing"
    )

    def _compute_number(self):
        for receipt in self:
            receipt.number = str(receipt.fd)

    @api.model
    def _search_number(self, operator, value):
        if operator not in ("ilike", "like", "=", "=ilike", "=like"):
            return NotImplemented
        text = str(value or "").strip().strip("%")
        if not text:
            return fields.Domain.TRUE
        qr = dict(_QR.findall(text))
        if {"fn", "i"} <= qr.keys() and int(qr["i"]) < _INT4:
            return fields.Domain("fn", "=", qr["fn"]) & fields.Domain(
                "fd", "=", int(qr["i"])
            )
        options = [
            fields.Domain("order_name", "ilike", text),
            fields.Domain("order_id.pos_reference", "ilike", text),
            fields.Domain("order_id.name", "ilike", text),
            fields.Domain("uuid", "=", text),
        ]
        if text.isdecimal():
            options += [
                fields.Domain("fp", "=", text.lstrip("0") or "0"),
                fields.Domain("fn", "=", text),
                fields.Domain("rnm", "=", text),
            ]
            if int(text) < _INT4:
                options.append(fields.Domain("fd", "=", int(text)))
        return fields.Domain.OR(options)

    def _compute_mismatch_text(self):
        """What the bridge told when it read the document back from the drive."""
        for receipt in self:
            key = f"{receipt.uuid}:{receipt.attempt}"
            events = (
                self.env["kkt.till.event"]
                .sudo()
                .search(
                    [
                        ("till_id", "=", receipt.till_id.id),
                        ("key", "=", key),
                        ("kind", "=", "document.mismatch"),
                    ],
                    limit=1,
                )
            )
            lines = (events.data or {}).get("mismatches") or []
            lines = lines if isinstance(lines, list) else [lines]
            receipt.mismatch_text = "\n".join(str(line) for line in lines) or False

    def _lacks_order(self):
        """Nobody has brought the settled order yet."""
        order = self.sudo().order_id
        return not order or order.state in UNSETTLED

    @api.depends("order_id.state", "type")
    def _compute_order_missing(self):
        for receipt in self:
            receipt.order_missing = (
                receipt.type in ("sale", "refund") and receipt._lacks_order()
            )

    @api.model
    def _search_order_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        lacking = fields.Domain("order_id", "=", False) | fields.Domain(
            "order_id", "in", self._unsettled_orders()
        )
        missing = lacking & fields.Domain("type", "in", ("sale", "refund"))
        if True in value and False in value:
            return fields.Domain.TRUE
        return missing if True in value else ~missing

    @api.model
    def _unsettled_orders(self):
        orders = self.env["pos.order"].sudo()
        return orders._search([("state", "in", UNSETTLED)])

    def action_view_original(self):
        self.ensure_one()
        return self._open(self.original_id)

    def action_view_refunds(self):
        self.ensure_one()
        refunds = self.refund_ids
        if len(refunds) == 1:
            return self._open(refunds)
        return {
            "name": self.env._("Refunds"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", refunds.ids)],
        }

    def _open(self, receipt):
        return {
            "name": receipt.display_name,
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "view_mode": "form",
            "res_id": receipt.id,
        }
