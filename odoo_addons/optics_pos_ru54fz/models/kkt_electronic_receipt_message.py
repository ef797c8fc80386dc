import logging
import smtplib

import requests
from urllib3.exceptions import NewConnectionError

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.addons.iap.tools.iap_tools import InsufficientCreditError

from .kkt_notification_delivery import mail_cause

_logger = logging.getLogger(__name__)

_QR_NAME = "kkt-qr.png"
_TEMPLATE = "optics_pos_ru54fz.kkt_electronic_receipt_mail"


class KktElectronicReceipt(models.Model):
    """The message itself: e-mail by Odoo's mail servers, SMS by Odoo's SMS provider."""

    _inherit = "kkt.electronic.receipt"

    def _words(self):
        """Buyers read Russian: the law's words are Russian."""
        return self.env["kkt.notification.channel"]._russian_env()

    def _compute_preview(self):
        for row in self:
            row.preview = row.sudo()._html(picture="data")

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    def _html(self, picture="cid"):
        self.ensure_one()
        receipt = self.receipt_id
        image = receipt.qr_image
        sources = {
            "cid": f"cid:{_QR_NAME}",
            "data": f"data:image/png;base64,{image.decode()}",
        }
        env = self._words()
        return env["ir.qweb"]._render(
            _TEMPLATE,
            {
                "doc": receipt.with_env(env)._requisites(self.contact),
                "qr_source": sources[picture],
                "link": self._link(),
            },
        )

    def _link(self):
        base = self.receipt_id.till_id.get_base_url()
        return f"{base}/kkt/r/{self.access_token}"

    def _subject(self):
        doc = self.receipt_id.with_env(self._words())._requisites(self.contact)
        return self._words()._(
            "%(document)s No. %(number)s of %(date)s, %(total)s RUB, %(seller)s",
            document=doc["title"],
            number=doc["number"],
            date=doc["date"],
            total=doc["total"],
            seller=doc["seller"],
        )

    def _short_text(self):
        """What article 1.2 asks of a message that is not the receipt itself."""
        doc = self.receipt_id.with_env(self._words())._requisites(self.contact)
        return self._words()._(
            "%(document)s of %(date)s %(time)s, %(total)s RUB. Register %(rnm)s, FP "
            "%(fp)s. %(link)s",
            document=doc["operation_title"],
            date=doc["date"],
            time=doc["time"],
            total=doc["total"],
            rnm=doc["rnm"],
            fp=doc["fp"],
            link=self._link(),
        )

    # ------------------------------------------------------------------
    # By mail
    # ------------------------------------------------------------------

    def _make_message(self):
        """The record of Odoo's that carries it; not to be sent by Odoo's own jobs."""
        self.ensure_one()
        if self.kind == "sms":
            sms = self.env["sms.sms"].create(
                {
                    "number": self.contact,
                    "body": self._short_text(),
                    "state": "error",
                }
            )
            return {"sms_id": sms.id, "mail_id": False}
        company = self.company_id
        picture = self.env["ir.attachment"].create(
            {
                "name": _QR_NAME,
                "datas": self.receipt_id.qr_image,
                "mimetype": "image/png",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        mail = self.env["mail.mail"].create(
            {
                "subject": self._subject(),
                "body_html": self._html(),
                "email_to": self.contact,
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "reply_to": company.email_formatted or False,
                "attachment_ids": [(6, 0, picture.ids)],
                "auto_delete": False,
                "state": "exception",
            }
        )
        return {"mail_id": mail.id, "sms_id": False}

    def _send_mail(self):
        """None, or ``(what went wrong, whether to try again)``.

        Only what is proven not to have left is tried again.
        """
        mail = self.mail_id
        mail.write({"state": "outgoing", "failure_reason": False})
        try:
            mail.send(raise_exception=True)
        except (MailDeliveryException, smtplib.SMTPException, OSError) as error:
            cause = mail_cause(error)
            mail.write({"state": "exception"})
            text = self._mail_words(cause)
            _logger.warning("Electronic receipt %s: %s", self.id, cause)
            return text, _is_unsent(error, cause)
        except AssertionError as error:
            return self._mail_words(error), False
        if mail.state == "exception":
            return self._mail_words(mail.failure_reason), False
        return None

    def _forget_message(self):
        """What was sent is in our log; the buyer's address need not lie twice."""
        self.mail_id.attachment_ids.unlink()
        self.mail_id.unlink()
        self.sms_id.unlink()

    def _mail_words(self, cause):
        channel = self.env["kkt.notification.channel"].with_env(self._words())
        return channel._mail_error(cause).text

    # ------------------------------------------------------------------
    # By SMS
    # ------------------------------------------------------------------

    def _send_sms(self):
        """None, or ``(what went wrong, whether to try again)``.

        Each try is another message to the provider, so that it cannot tell them apart:
        only what is proven not to have left is tried again.
        """
        sms = self.sms_id
        sms.write({"state": "outgoing", "failure_type": False})
        sms.flush_recordset()
        try:
            # Unless it raises, Odoo makes one failure of all that an answer lacks.
            sms.send(unlink_failed=False, unlink_sent=False, raise_exception=True)
        except InsufficientCreditError:
            sms.write({"state": "error", "failure_type": "sms_credit"})
        except (UserError, OSError, ValueError) as error:
            sms.write({"state": "error", "failure_type": "sms_server"})
            cause = _sms_cause(error)
            _logger.warning("Electronic receipt %s: %s", self.id, type(cause).__name__)
            if _is_unconnected(cause):
                return self._sms_words_unreachable(), True
        if sms.state in ("process", "pending", "sent"):
            return None
        if sms.failure_type == "sms_server":
            return self._sms_words_doubt(), False
        kinds = dict(sms._fields["failure_type"]._description_selection(self._words()))
        text = self._words()._(
            "The SMS provider refuses: %s",
            kinds.get(sms.failure_type) or sms.failure_type or "?",
        )
        # A wrong number stays wrong; money and accounts are mended by people.
        return text, sms.failure_type in ("sms_credit", "sms_acc")

    def _sms_words_unreachable(self):
        return self._words()._(
            "The SMS provider cannot be reached. It will be tried again by itself."
        )

    def _sms_words_doubt(self):
        return self._words()._(
            "The SMS provider failed or did not answer: nobody can tell whether the "
            "message was sent."
        )


def _is_unsent(error, cause):
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return False
    if isinstance(cause, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in cause.recipients.values()]
        return all(400 <= code < 500 for code in codes)
    if isinstance(cause, smtplib.SMTPResponseException):
        return 400 <= cause.smtp_code < 500
    # Odoo tells a connection that never stood from all the rest by its arguments.
    return any(part is cause for part in error.args)


def _sms_cause(error):
    """What Odoo made words of, where it did."""
    if isinstance(error, requests.RequestException):
        return error
    return error.__cause__ or error.__context__ or error


def _is_unconnected(cause):
    """Whether the connection never stood, so that nothing can have left by it."""
    if isinstance(cause, requests.ConnectTimeout):
        return True
    if not isinstance(cause, requests.ConnectionError):
        return False
    reasons = [getattr(part, "reason", None) for part in cause.args]
    return any(isinstance(reason, NewConnectionError) for reason in reasons)
