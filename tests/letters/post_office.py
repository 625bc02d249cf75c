"""A real mail server of the tests' own: takes letters on a port of loopback, says what it is told to say."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from openacq.letters.service import MailServer
from tests.ports import free_port

OK = "250 OK"
SENDER = "acquisitions@library.example"


class Received:
    """One letter as it came in."""

    def __init__(self, envelope: Envelope) -> None:
        assert isinstance(envelope.content, bytes)
        self.raw = envelope.content
        self.sender = envelope.mail_from
        self.recipients = list(envelope.rcpt_tos)

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.SMTP)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    def part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content())


class PostOffice:
    """`received` holds what was accepted. `to_sender`, `to_recipient` and `to_content` are its answers;
    `before_accepting` is called with each letter that is complete, before it is accepted, and
    `after_accepting` once it is, before the sender hears so."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, ssl_only: bool = False, login: str = "") -> None:
        self.received: list[Received] = []
        self.tried = 0
        self.to_sender: Callable[[str], str] = lambda _: OK
        self.to_recipient: Callable[[str], str] = lambda _: OK
        self.to_content: Callable[[Received], str] = lambda _: OK
        self.before_accepting: Callable[[Received], None] = lambda _: None
        self.after_accepting: Callable[[Received], None] = lambda _: None
        self._tls = tls
        self._ssl_only = ssl_only
        self._login = login
        self._lock = threading.Lock()
        self._controller: Controller | None = None
        self.port = 0

    # -- up and down --------------------------------------------------------------------------

    def open(self) -> PostOffice:
        options: dict[str, Any] = {"enable_SMTPUTF8": True}
        if self._tls is not None and not self._ssl_only:
            options |= {"tls_context": self._tls, "require_starttls": True}
        if self._login:
            options |= {"auth_required": True, "authenticator": self._authenticate}
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            server_hostname="mail.test",
            port=self.port or free_port(),
            ssl_context=self._tls if self._ssl_only else None,
            **options,
        )
        self._controller.start()
        self.port = self._controller.port
        return self

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def server(self, **changes: Any) -> MailServer:
        """The settings under which the office is reached."""
        tls = "none" if self._tls is None else "ssl" if self._ssl_only else "starttls"
        values: dict[str, Any] = {"host": "127.0.0.1", "port": self.port, "sender": SENDER, "tls": tls}
        return MailServer(**{**values, "seconds": 10, **changes})

    # -- what aiosmtpd asks ---------------------------------------------------------------------

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: object
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        fits = f"{data.login.decode()}:{data.password.decode()}" == self._login
        return AuthResult(success=fits, handled=fits)

    async def handle_MAIL(  # noqa: N802  (the name aiosmtpd calls)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.to_sender(address)
        if answer.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.to_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        letter = Received(envelope)
        self.tried += 1
        self.before_accepting(letter)
        answer = self.to_content(letter)
        if answer.startswith("250"):
            with self._lock:
                self.received.append(letter)
            self.after_accepting(letter)
        return answer


def make_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for 127.0.0.1 signed by itself: the server's context, and the file a client trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of the tests")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, secret = folder / "certificate.pem", folder / "key.pem"
    trusted.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context, trusted
