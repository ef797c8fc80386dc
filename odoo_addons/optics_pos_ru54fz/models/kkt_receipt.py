import base64
import io

import qrcode

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..tools import messages


class BigInteger(fields.Integer):
    """Kopecks of a total may pass the 21 million roubles of a 32-bit column."""

    _column_type = ("int8", "int8")


class KktReceipt(models.Model):
    """A fiscal document that a register has signed. Append-only.

    Facts are accepted once per (fn, fd), whoever brings them. Only what a later fact
    tells is added afterwards: the order, when it arrives, and the operator's (OFD)
    ticket.
    """

    _name = "kkt.receipt"
    _description = "Fiscal Receipt"
    _order = "date_utc desc, fd desc, id desc"
    _rec_names_search = ["fp", "fn", "uuid", "order_name"]

    till_id = fields.Many2one(
        "kkt.till",
        string="Till",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Company",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    currency_id = fields.Many2one(
        "res.currency",
        string="Currency",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    uuid = fields.Char(string="Order UUID", required=True, readonly=True)
    attempt = fields.Integer(required=True, readonly=True)
    order_name = fields.Char(string="Order Ref", readonly=True)
    order_id = fields.Many2one(
        "pos.order",
        string="Order",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    type = fields.Selection(
        [
            ("sale", "Sale"),
            ("refund", "Refund"),
            ("sale_correction", "Correction of a Sale"),
            ("refund_correction", "Correction of a Refund"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [("fiscalized", "Fiscalized")],
        required=True,
        readonly=True,
        default="fiscalized",
    )
    fn = fields.Char(string="Fiscal Drive (FN)", required=True, readonly=True)
    fd = fields.Integer(string="Fiscal Document (FD)", required=True, readonly=True)
    fp = fields.Char(string="Fiscal Sign (FP)", required=True, readonly=True)
    shift = fields.Integer(required=True, readonly=True)
    shift_id = fields.Many2one(
        "kkt.shift",
        string="Fiscal Shift",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    receipt_no = fields.Integer(string="Receipt in Shift", required=True, readonly=True)
    date_time = fields.Char(
        string="Time on the Receipt",
        required=True,
        readonly=True,
        help="Local wall time of the fiscal drive, YYYY-MM-DDTHH:MM, without a zone.",
    )
    date_utc = fields.Datetime(string="Date", required=True, readonly=True)
    timezone = fields.Char(string="Time Zone", readonly=True)
    rnm = fields.Char(string="Registration No.", readonly=True)
    inn = fields.Char(string="Taxpayer (INN)", readonly=True)
    total = fields.Monetary(required=True, readonly=True)
    total_kopecks = BigInteger(string="Total (Kopecks)", required=True, readonly=True)
    change_kopecks = BigInteger(string="Change (Kopecks)", readonly=True)
    # The document that a refund takes back, as its content names it.
    refund_fn = fields.Char(string="FN of the Sale", readonly=True)
    refund_fd = fields.Integer(string="FD of the Sale", readonly=True)
    original_id = fields.Many2one(
        "kkt.receipt",
        string="Refund of",
        compute="_compute_original_id",
        help="The receipt whose goods this refund takes back.",
    )
    refund_ids = fields.One2many(
        "kkt.receipt", string="Refunds", compute="_compute_refund_ids"
    )
    reservation_ids = fields.One2many(
        "kkt.refund.reservation",
        "original_id",
        string="Reserved Refunds",
        groups="optics_pos_ru54fz.group_kkt_manager,"
        "optics_pos_ru54fz.group_kkt_accountant",
    )
    # Raised by whoever reserves or books a refund: of two at once one starts again and
    # then sees what the other did.
    refund_turn = fields.Integer(readonly=True, default=0, groups=fields.NO_ACCESS)
    ofd_delivered = fields.Boolean(
        string="With the OFD",
        readonly=True,
        help="The fiscal data operator has confirmed this document.",
    )
    delivered_before = fields.Boolean(
        string="Delivered Again",
        readonly=True,
        help="Odoo had this document before its database was restored.",
    )
    server_timestamp = fields.Datetime(
        string="Received", required=True, readonly=True, default=fields.Datetime.now
    )
    hlc_local_time = fields.Char(string="HLC Time", readonly=True)
    hlc_counter = fields.Integer(string="HLC Counter", readonly=True)
    content_hash = fields.Char(readonly=True)
    content = fields.Json(required=True, readonly=True, help="As delivered.")
    content_html = fields.Html(
        string="Contents", compute="_compute_content_html", sanitize=False
    )
    qr = fields.Char(string="QR Text", compute="_compute_qr")
    qr_image = fields.Binary(string="QR Code", compute="_compute_qr_image")
    order_difference = fields.Monetary(
        string="Order minus Receipt", compute="_compute_order_difference"
    )

    _document_unique = models.Constraint(
        "unique (fn, fd)", "This fiscal document is on record already."
    )
    _attempt_unique = models.Constraint(
        "unique (uuid, attempt)", "This attempt is on record already."
    )
    _numbers_check = models.Constraint(
        "CHECK (fd > 0 AND attempt > 0 AND total_kopecks >= 0)",
        "Numbers of a fiscal document must be positive.",
    )
    # The order of lists: the newest page without sorting them all.
    _newest_index = models.Index("(date_utc DESC, fd DESC, id DESC)")
    _till_document_index = models.Index("(till_id, fn, fd)")
    _unlinked_index = models.Index("(uuid) WHERE order_id IS NULL")
    _refunds_index = models.Index("(refund_fn, refund_fd) WHERE refund_fn IS NOT NULL")

    @api.depends("fn", "fd")
    def _compute_display_name(self):
        for receipt in self:
            receipt.display_name = _(
                "FD %(fd)s, FN %(fn)s", fd=receipt.fd, fn=receipt.fn
            )

    @api.depends("date_time", "total_kopecks", "fn", "fd", "fp", "type")
    def _compute_qr(self):
        for receipt in self:
            time = (receipt.date_time or "").replace("-", "").replace(":", "")
            rubles, kopecks = divmod(receipt.total_kopecks, 100)
            receipt.qr = (
                f"t={time}&s={rubles}.{kopecks:02d}&fn={receipt.fn}&i={receipt.fd}"
                f"&fp={receipt.fp}&n={messages.OPERATIONS.get(receipt.type)}"
            )

    @api.depends("qr")
    def _compute_qr_image(self):
        for receipt in self:
            image = io.BytesIO()
            qrcode.make(receipt.qr or "", box_size=4, border=2).save(
                image, format="PNG"
            )
            receipt.qr_image = base64.b64encode(image.getvalue())

    @api.depends("content")
    def _compute_content_html(self):
        labels = self._labels("account.tax", "kkt_vat_code")
        values = {
            "vat_labels": labels,
            "subjects": self._labels("product.template", "kkt_subject"),
            "methods": self._labels("product.template", "kkt_payment_method"),
        }
        for receipt in self:
            receipt.content_html = self.env["ir.qweb"]._render(
                "optics_pos_ru54fz.kkt_receipt_content",
                {
                    **values,
                    "content": receipt.content or {},
                    "facts": receipt._document_facts(),
                },
            )

    def _labels(self, model, name):
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env))

    def _document_facts(self):
        """``[(tag, name, value)]`` of the document's head, without what is empty."""
        content = self.content or {}
        cashier = content.get("cashier") or {}
        customer = content.get("customer") or {}
        original = content.get("refund_of") or {}
        types = dict(self._fields["type"]._description_selection(self.env))
        facts = [
            (1054, _("Operation"), types.get(self.type)),
            (1012, _("Time"), self.date_time_text),
            (1018, _("Taxpayer (INN)"), self.inn),
            (1037, _("Registration No."), self.rnm),
            (1041, _("Fiscal Drive (FN)"), self.fn),
            (1040, _("Fiscal Document (FD)"), self.fd),
            (1077, _("Fiscal Sign (FP)"), self.fp),
            (1038, _("Shift"), self.shift),
            (1042, _("Receipt in Shift"), self.receipt_no),
            (1021, _("Cashier"), cashier.get("name")),
            (1227, _("Customer"), customer.get("name")),
            (1008, _("Contact"), customer.get("email") or customer.get("phone")),
            (1020, _("Total"), f"{self.total_kopecks / 100:.2f}"),
            (None, _("Change"), f"{self.change_kopecks / 100:.2f}"),
            (
                None,
                _("Refund of"),
                original
                and _(
                    "FD %(fd)s, FN %(fn)s", fd=original.get("fd"), fn=original.get("fn")
                ),
            ),
        ]
        return [fact for fact in facts if fact[2]]

    @api.depends("refund_fn", "refund_fd")
    def _compute_original_id(self):
        for receipt in self:
            receipt.original_id = receipt.refund_fn and self.search(
                [("fn", "=", receipt.refund_fn), ("fd", "=", receipt.refund_fd)],
                limit=1,
            )

    @api.depends("fn", "fd")
    def _compute_refund_ids(self):
        for receipt in self:
            receipt.refund_ids = self.search(
                [("refund_fn", "=", receipt.fn), ("refund_fd", "=", receipt.fd)]
            )

    @api.depends("order_id.amount_total", "total_kopecks", "content", "type")
    def _compute_order_difference(self):
        for receipt in self:
            sign = -1 if messages.OPERATIONS.get(receipt.type) == 2 else 1
            amount = sign * receipt.order_id.sudo().amount_total
            # An order that settles a prepaid one is worth what is still to pay, its
            # receipt (tag 1020) the full value of the goods.
            payable = receipt.total_kopecks - messages.prepaid_kopecks(receipt.content)
            receipt.order_difference = (
                amount - payable / 100 if receipt.order_id else 0.0
            )

    # ------------------------------------------------------------------
    # Append-only
    # ------------------------------------------------------------------

    def write(self, vals):
        """Only a later fact may be added: the order of this uuid, the OFD's ticket."""
        for receipt in self:
            for name, value in vals.items():
                if not receipt._may_become(name, value):
                    raise UserError(_("A fiscal receipt cannot be changed."))
        return super().write(vals)

    def _may_become(self, name, value):
        if not self.env.su:
            return False
        if name == "ofd_delivered":
            return value is True
        if name == "order_id":
            order = self.env["pos.order"].browse(value)
            return not self.order_id and order.uuid == self.uuid
        if name == "shift_id":
            shift = self.env["kkt.shift"].browse(value)
            same = (shift.fn, shift.number) == (self.fn, self.shift)
            return not self.shift_id and same
        return False

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(_("A fiscal receipt cannot be deleted."))

    def copy(self, default=None):
        raise UserError(_("A fiscal receipt cannot be copied."))

    # ------------------------------------------------------------------
    # For the Point of Sale and for people
    # ------------------------------------------------------------------

    def _fiscal(self):
        """What the page needs of a fiscal document (``pos.order.kkt_fiscal``).

        Named as in the bridge's answers; amounts in roubles, times as on the receipt.
        """
        self.ensure_one()
        return {
            "fn": self.fn,
            "fd": self.fd,
            "fp": int(self.fp),
            "date_time": self.date_time,
            "date": self.date_time[:10],
            "shift": self.shift,
            "receipt": self.receipt_no,
            "attempt": self.attempt,
            "operation": messages.OPERATIONS[self.type],
            "sum": self.total_kopecks / 100,
            "change": self.change_kopecks / 100,
            "rnm": self.rnm or None,
            "inn": self.inn or None,
            "qr": self.qr,
        }

    def action_view_order(self):
        self.ensure_one()
        return {
            "name": _("Order"),
            "type": "ir.actions.act_window",
            "res_model": "pos.order",
            "view_mode": "form",
            "res_id": self.order_id.id,
        }

    @api.model
    def _uuids(self):
        """All order uuids that have a receipt, as a subquery."""
        return self._search([]).subselect("uuid")
