import re

from odoo import http
from odoo.http import request

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


class ElectronicReceiptController(http.Controller):
    """The receipt that a message links to; whoever has the link may read it."""

    @http.route(
        "/kkt/r/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,
    )
    def receipt(self, token):
        rows = request.env["kkt.electronic.receipt"].sudo()
        row = _TOKEN.fullmatch(token) and rows.search([("access_token", "=", token)])
        if not row:
            raise request.not_found()
        page = request.env["ir.qweb"]._render(
            "optics_pos_ru54fz.kkt_electronic_receipt_page",
            {"title": row._subject(), "receipt": row._html(picture="data")},
        )
        return request.make_response(
            f"<!DOCTYPE html>{page}",
            headers=[
                ("Content-Type", "text/html; charset=utf-8"),
                ("Cache-Control", "private, no-store"),
                ("Referrer-Policy", "no-referrer"),
                ("X-Robots-Tag", "noindex, nofollow"),
            ],
        )
