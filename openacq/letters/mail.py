"""Handing letters to a mail server, and reading its answers.

What is wrong with the server, the connection or our login stops the round and is tried again, for
no letter is to blame. A refused recipient or content is the letter's own: for good (5xx) or for now.
"""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import Literal

from openacq.letters.addresses import header, without_addresses
from openacq.letters.message import message_of
from openacq.letters.model import Letter, Outcome
from openacq.letters.states import State

Tls = Literal["starttls", "ssl", "none"]

MOST_WORDS = 500


@dataclass(frozen=True, slots=True)
class MailServer:
    """`sender` is the address letters come from; `ca_file` certificates to trust besides the system's."""

    host: str
    port: int
    sender: str
    tls: Tls = "starttls"
    user: str = ""
    password: str = ""
    seconds: float = 30
    ca_file: str = ""

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]


class MailPost:
    """Delivers letters over one connection, made when the first is handed in. Close it after a round."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def deliver(self, letter: Letter) -> Outcome:
        """Hand the letter over; returns once the server has accepted or refused it."""
        message = message_of(letter, self._server.sender)
        try:
            connection = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            return _away(error)
        try:
            connection.send_message(message, self._server.sender, [letter.recipient])
        except smtplib.SMTPRecipientsRefused as refused:
            return _refused(*next(iter(refused.recipients.values())))
        except smtplib.SMTPDataError as refused:
            return _refused(refused.smtp_code, refused.smtp_error)
        except smtplib.SMTPNotSupportedError as error:
            return Outcome(State.DEAD, _words(error))
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            return _away(error)
        return Outcome(State.SENT)

    def close(self) -> None:
        """Say good-bye; that the server no longer listens is no news."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        name = socket.gethostname()
        ours = name if "." in name else "[127.0.0.1]"
        context = ssl.create_default_context(cafile=server.ca_file or None)
        if server.tls == "ssl":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, ours, timeout=server.seconds, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, ours, timeout=server.seconds)
        try:
            if server.tls == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
        except (smtplib.SMTPException, OSError):
            connection.close()
            raise
        return connection


def _refused(code: int, said: bytes | str) -> Outcome:
    """The server's answer to a recipient or to the content."""
    plain = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    state = State.DEAD if 500 <= code < 600 else State.FAILED
    return Outcome(state, header(without_addresses(f"{code} {plain}"), MOST_WORDS), away=code == 421)


def _away(error: Exception) -> Outcome:
    return Outcome(State.FAILED, _words(error), away=True)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        plain = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        told = f"{error.smtp_code} {plain}"
    else:
        told = str(error) or type(error).__name__
    return header(without_addresses(f"mail server: {told}"), MOST_WORDS)
