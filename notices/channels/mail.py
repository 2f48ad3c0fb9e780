"""E-mail by Django's own backend."""

import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage, get_connection

from notices.channels import Outcome, key_of
from notices.channels.texts import text_of
from notices.models import Notice


def send(notices: Sequence[Notice], timeout: float) -> Outcome:
    """Hand it to the mail server. The Message-ID is the same for every attempt: mailboxes show it once."""
    text = text_of(notices)
    message = EmailMessage(
        subject=text.partition("\n")[0][:120],
        body=text,
        to=[notices[0].recipient.email],
        headers={"Message-ID": f"<{key_of(notices)}@notices.invalid>"},
        connection=get_connection(timeout=timeout),
    )
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, ValueError) as error:
        return Outcome("never", error=type(error).__name__)
    except (smtplib.SMTPException, OSError) as error:
        return Outcome("again", error=type(error).__name__)
    return Outcome("sent")
