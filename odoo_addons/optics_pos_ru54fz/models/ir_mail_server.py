from odoo import api, models


class IrMailServer(models.Model):
    """Pictures that a message's own text refers to travel inside of it.

    Mail programs show neither pictures from other servers nor ``data:`` ones.
    """

    _inherit = "ir.mail_server"

    @api.model
    def _build_email__(self, *args, **kwargs):  # noqa: PLW3201
        message = super()._build_email__(*args, **kwargs)
        body = message.get_body(("html",))
        text = body.get_content() if body else ""
        if "cid:kkt-" in text:
            for part in message.iter_attachments():
                name = part.get_filename() or ""
                if name.startswith("kkt-") and f"cid:{name}" in text:
                    part["Content-ID"] = f"<{name}>"
                    part.replace_header(
                        "Content-Disposition", f'inline; filename="{name}"'
                    )
        return message
