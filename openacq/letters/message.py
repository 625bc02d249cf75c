"""A letter as an e-mail message: the same letter always gives the same bytes."""

from __future__ import annotations

import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from openacq.letters.addresses import header, mailbox
from openacq.letters.model import Attachment, Letter

_POLICY = SMTP.clone(cte_type="7bit")
PDF = "application/pdf"


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """Plain text and HTML as alternatives, attachments beside them. Addresses must have been checked."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(sender, header(letter.sender_name))
    message["To"] = _address(letter.recipient)
    if (reply_to := mailbox(letter.reply_to)) is not None:
        message["Reply-To"] = _address(reply_to, header(letter.sender_name))
    message["Subject"] = header(letter.subject)
    message["Date"] = format_datetime(letter.created)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")
    if letter.html:
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    for attachment in letter.attachments:
        main, _, sub = attachment.type.partition("/")
        name = header(attachment.name, 150)
        message.add_attachment(content_of(attachment), maintype=main, subtype=sub, filename=name)
    message["Content-Language"] = letter.language  # last: making parts moves Content-* headers into them
    _fix_boundaries(message)
    return message


def content_of(attachment: Attachment) -> bytes:
    """The bytes of an attachment; a sheet is set now."""
    if attachment.sheet is not None:
        # The type-setter is slow to load, and a server that answers calls never needs it.
        from openacq.letters.typeset import typeset

        return typeset(attachment.sheet)
    return attachment.content or b""


def _address(given: str, name: str = "") -> Address:
    local, _, domain = given.rpartition("@")
    return Address(name, local, domain)


def _fix_boundaries(message: EmailMessage) -> None:
    """Boundaries made of the Message-ID instead of chance."""
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            digest = hashlib.sha256(f"{message['Message-ID']} {number}".encode()).hexdigest()
            part.set_boundary(f"=={digest[:32]}")
