"""E-mail by Django's own backend."""

import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from notices.channels import SendResult, key_of
from notices.channels.deadline import Call
from notices.channels.texts import in_one_line, text_of
from notices.models import Notice

#: Characters of the text that make the subject.
SUBJECT = 120


def send(notices: Sequence[Notice], timeout: float) -> SendResult:
    """Hand it to the mail server. The Message-ID is the same for every attempt: mailboxes show it once."""
    text = text_of(notices)
    with Call(timeout) as line:
        try:
            message = EmailMessage(
                subject=in_one_line(text.partition("\n")[0])[:SUBJECT],
                body=text,
                to=[in_one_line(notices[0].recipient.email)],
                headers={"Message-ID": f"<{key_of(notices)}@notices.invalid>"},
                connection=_connection(line, timeout),
            )
            message.send()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, ValueError) as error:
            return SendResult("never", error=type(error).__name__)
        except (smtplib.SMTPException, OSError) as error:
            return SendResult("again", error="ReadTimeout" if line.is_cut else type(error).__name__)
    return SendResult("sent")


def _connection(line: Call, timeout: float):
    connection = get_connection(timeout=timeout)
    return _OnALine(line, timeout=timeout) if isinstance(connection, EmailBackend) else connection


class _OnALine(EmailBackend):
    """Django's backend, on a line that can be cut: also before the server has said a whole greeting."""

    def __init__(self, line: Call, **options):
        super().__init__(**options)
        self._line = line

    @property
    def connection_class(self):
        line = self._line

        class Plain(smtplib.SMTP):
            def _get_socket(self, *args):
                sock = super()._get_socket(*args)
                line.watch(sock)
                return sock

        class Encrypted(smtplib.SMTP_SSL, Plain):
            """Watched below TLS, whose handshake may drip as well."""

        return Encrypted if self.use_ssl else Plain
