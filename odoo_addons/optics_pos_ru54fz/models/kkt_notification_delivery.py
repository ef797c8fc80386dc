import logging
import smtplib
import socket
from dataclasses import dataclass
from datetime import timedelta

from odoo import fields, models, tools

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..tools import telegram

_logger = logging.getLogger(__name__)

#: Pause after a failure of a channel, doubled with each, up to the longest.
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(minutes=30)


@dataclass
class DeliveryError:
    """Why a channel did not take a message: for people, in the channel's language."""

    text: str
    #: Seconds to wait at least, where the other side said so.
    retry_after: int | None = None
    #: Another message would not fare better: it is not this one's fault.
    channel: bool = True


class KktNotificationChannel(models.Model):
    """How a message leaves: by Odoo's mail servers, by Telegram's Bot API."""

    _inherit = "kkt.notification.channel"

    def _deliver(self, subject, text):
        """Send now and keep what became of it.

        :returns: None, or the ``DeliveryError``
        """
        self.ensure_one()
        channel = self.sudo()
        error = (
            channel._deliver_mail(subject, text)
            if channel.kind == "email"
            else channel._deliver_telegram(f"{subject}\n{text}")
        )
        now = fields.Datetime.now()
        if error is None:
            channel.write(
                {
                    "last_sent_at": now,
                    "last_error": False,
                    "last_error_at": False,
                    "failures": 0,
                    "next_try": False,
                }
            )
        elif error.channel:
            failures = channel.failures + 1
            pause = min(_FIRST_PAUSE * 2 ** min(failures - 1, 10), _LONGEST_PAUSE)
            if error.retry_after:
                pause = max(pause, timedelta(seconds=min(error.retry_after, 3600)))
            channel.write(
                {
                    "last_error": error.text,
                    "last_error_at": channel.last_error_at or now,
                    "failures": failures,
                    "next_try": now + pause,
                }
            )
        else:
            channel.write({"last_error": error.text, "last_error_at": now})
        return error

    def _unforeseen(self, error):
        """A defect of ours must stop neither the other messages nor the job."""
        return DeliveryError(
            self.env._("The message could not be made: %s", type(error).__name__),
            channel=False,
        )

    # ------------------------------------------------------------------
    # Telegram
    # ------------------------------------------------------------------

    def _deliver_telegram(self, text, moved=False):
        try:
            telegram.send_message(
                self._telegram_url(), self.token or "", self.chat_id or "", text
            )
        except telegram.TelegramError as error:
            if error.moved_to and not moved:
                self.chat_id = str(error.moved_to)
                return self._deliver_telegram(text, moved=True)
            _logger.warning("Channel %s: Telegram: %s", self.id, error)
            return self._telegram_error(error)
        except ValueError:
            return DeliveryError(
                self.env._("The chat ID is not a number and not a name with @.")
            )
        return None

    def _telegram_error(self, error):
        said = error.description
        _ = self.env._
        if error.kind == "token":
            text = _(
                "Telegram does not know this bot (%s). Check the token: @BotFather "
                "gives it.",
                said,
            )
        elif error.kind == "chat":
            text = _(
                "Telegram does not find chat %(chat)s (%(said)s). Write to the bot "
                "first, or add it to the group, then check the chat ID.",
                chat=self.chat_id,
                said=said,
            )
        elif error.kind == "forbidden":
            text = _(
                "The bot may not write to chat %(chat)s (%(said)s). It was blocked "
                "there, or taken out of the group.",
                chat=self.chat_id,
                said=said,
            )
        elif error.kind == "too_many":
            text = _(
                "Telegram takes no more messages for %s seconds.",
                error.retry_after or 60,
            )
        elif error.kind == "server":
            text = _(
                "Telegram is out of order (%s). It will be tried again by itself.", said
            )
        elif error.kind == "unreachable":
            text = _(
                "No answer from Telegram at %(url)s (%(said)s). Check the network; it "
                "will be tried again by itself.",
                url=self._telegram_url(),
                said=said,
            )
        elif error.kind == "garbage":
            text = _(
                "What answers at %(url)s is not Telegram (%(said)s).",
                url=self._telegram_url(),
                said=said,
            )
        else:
            text = _("Telegram refuses the message: %s", said)
        return DeliveryError(text, error.retry_after, error.kind != "refused")

    # ------------------------------------------------------------------
    # E-mail
    # ------------------------------------------------------------------

    def _deliver_mail(self, subject, text):
        addresses = self._addresses()
        if not addresses:
            return DeliveryError(self.env._("The channel has no e-mail address."))
        mail = self.env["mail.mail"].create(
            {
                "subject": subject,
                "body_html": tools.plaintext2html(text),
                "email_to": ", ".join(addresses),
                "email_from": self._sender(),
                "auto_delete": False,
            }
        )
        try:
            mail.send(raise_exception=True)
            reason = mail.state == "exception" and (mail.failure_reason or "?")
        except (MailDeliveryException, smtplib.SMTPException, OSError) as error:
            reason = mail_cause(error)
        except AssertionError as error:
            reason = str(error)
        mail.unlink()
        if not reason:
            return None
        _logger.warning("Channel %s: e-mail: %s", self.id, reason)
        return self._mail_error(reason)

    def _sender(self):
        company = self.company_id
        return company.email_formatted or self.env.user.email_formatted

    def _mail_error(self, reason):
        _ = self.env._
        if isinstance(reason, smtplib.SMTPRecipientsRefused):
            text = _(
                "The mail server refuses the addresses: %s",
                ", ".join(reason.recipients),
            )
        elif isinstance(reason, smtplib.SMTPAuthenticationError):
            text = _("The mail server does not take Odoo's password for it.")
        elif isinstance(reason, (OSError, socket.timeout)) and not isinstance(
            reason, smtplib.SMTPException
        ):
            text = _(
                "The mail server does not answer (%s). Check Settings ▸ Outgoing Mail "
                "Servers; it will be tried again by itself.",
                reason,
            )
        elif isinstance(reason, smtplib.SMTPResponseException):
            said = reason.smtp_error
            said = said.decode(errors="replace") if isinstance(said, bytes) else said
            text = _(
                "The mail server refuses the message: %(code)s %(said)s",
                code=reason.smtp_code,
                said=str(said)[:256],
            )
        else:
            text = _("The message could not be sent by e-mail: %s", str(reason)[:256])
        return DeliveryError(text)


def mail_cause(error):
    """What Odoo wrapped, where it did."""
    for part in error.args:
        if isinstance(part, Exception):
            return part
    return error.__cause__ or error.__context__ or error
