"""E-mail by SMTP: one connection for each letter, cut when the whole talk takes too long.

The Message-ID is made of the reference and the address, so a letter that is sent a second time
after a lost answer is the same message for a reader's mail program. TLS is never given up: a
server that does not offer the STARTTLS that the settings ask for gets no letter.
"""

from __future__ import annotations

import hashlib
import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, ClassVar, Literal

from lianfang.notifications.channels import letters
from lianfang.notifications.channels.base import Letter, NotSent, Receipt, accepted
from lianfang.notifications.channels.deadline import Deadline, connect, wall_clock
from lianfang.notifications.channels.smtp_verdicts import receipt_for
from lianfang.notifications.channels.wire import MAX_ANSWER_BYTES, USUAL_LIMITS, Limits

Security = Literal["none", "starttls", "ssl"]
USUAL_PORT: dict[Security, int] = {"none": 25, "starttls": 587, "ssl": 465}


@dataclass(frozen=True, slots=True)
class EmailSettings:
    host: str
    sender: str
    sender_name: str = ""
    port: int = 0  # 0: the usual one of the security
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    reply_to: str = ""
    limits: Limits = USUAL_LIMITS


class EmailChannel:
    code: ClassVar[str] = "email"

    def __init__(
        self, settings: EmailSettings, *, clock: Callable[[], datetime] = wall_clock
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._tls = (
            None
            if settings.security == "none"
            else ssl.create_default_context(cafile=settings.limits.ca_file or None)
        )

    def send(self, letter: Letter) -> Receipt:
        try:
            letters.check(letter)
            mailbox = letters.mailbox_of(letter)
        except NotSent as not_sent:
            return not_sent.receipt
        message = self._compose(letter, mailbox)
        deadline = Deadline(self._settings.limits.total_s)
        with _Scissors(deadline) as scissors:
            try:
                self._hand_over(message, mailbox, scissors)
            except (smtplib.SMTPException, OSError, UnicodeError) as error:
                return receipt_for(error, out_of_time=scissors.have_cut, hidden=(mailbox,))
        return accepted(str(message["Message-ID"]).strip("<>"))

    def _compose(self, letter: Letter, mailbox: str) -> EmailMessage:
        settings = self._settings
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(_plain(settings.sender_name), addr_spec=settings.sender)
        message["To"] = Address(_plain(letter.name), addr_spec=mailbox)
        message["Subject"] = _plain(letter.subject)
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = message_id(letter, domain=_domain(settings.sender))
        message["Auto-Submitted"] = "auto-generated"  # no holiday answers, please
        if settings.reply_to:
            message["Reply-To"] = settings.reply_to
        if letter.urgent:
            message["X-Priority"] = "1"
            message["Importance"] = "high"
        message.set_content(_body(letter), cte="base64")
        return message

    def _hand_over(self, message: EmailMessage, mailbox: str, scissors: _Scissors) -> None:
        settings = self._settings
        implicit_tls = self._tls if settings.security == "ssl" else None
        talk = _Talk(settings, scissors, tls=implicit_tls)
        try:
            if settings.security == "starttls" and self._tls is not None:
                talk.starttls(context=self._tls)
            if settings.username:
                talk.login(settings.username, settings.password)
            talk.sendmail(settings.sender, [mailbox], message.as_bytes())
        finally:
            _take_leave(talk)


def message_id(letter: Letter, *, domain: str) -> str:
    """The same for every attempt at this letter, different for every other."""
    told_apart = f"{letter.reference}\n{letter.to}".encode()
    return f"<{hashlib.sha256(told_apart).hexdigest()[:32]}@{domain}>"


def _plain(text: str) -> str:
    """Text that no mail program decodes: =?utf-8?q?=0D=0ABcc:…?= would become a line break."""
    return text.replace("=?", "= ?")


def _domain(mailbox: str) -> str:
    return mailbox.rpartition("@")[2] or "localhost"


def _body(letter: Letter) -> str:
    body = letters.readable(letter.body).strip()
    if letter.link and letter.link not in body:
        body = f"{body}\n\n{letter.link}"
    return body + "\n"


def _take_leave(talk: smtplib.SMTP) -> None:
    """QUIT if the server still listens; a letter that was taken stays taken if it does not."""
    try:
        talk.quit()
    except (smtplib.SMTPException, OSError):
        talk.close()


class _Scissors:
    """Cuts the connection at the deadline, whatever the talk is waiting for.

    smtplib limits each read, so a server that sends a byte now and then would hold it for hours.
    The cut is made on a duplicate of the descriptor: it works before, during and after TLS.
    """

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.have_cut = False
        self._line: socket.socket | None = None
        self._timer = threading.Timer(deadline.left(), self._cut)
        self._timer.daemon = True
        self._lock = threading.Lock()

    def __enter__(self) -> _Scissors:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        with self._lock:
            if self._line is not None:
                self._line.close()
                self._line = None

    def watch(self, line: socket.socket) -> None:
        with self._lock:
            self._line = socket.socket(fileno=os.dup(line.fileno()))

    def _cut(self) -> None:
        with self._lock:
            self.have_cut = True
            if self._line is not None:
                try:
                    self._line.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return  # the server hung up first


class _Talk(smtplib.SMTP):
    """smtplib over a socket of ours, with a limit on how much the server may say."""

    def __init__(
        self, settings: EmailSettings, scissors: _Scissors, *, tls: ssl.SSLContext | None
    ) -> None:
        self._settings = settings
        self._scissors = scissors
        self._implicit_tls = tls
        super().__init__(
            settings.host,
            settings.port or USUAL_PORT[settings.security],
            # Without it, smtplib asks the name service who we are, and may wait for long.
            local_hostname=_domain(settings.sender),
            timeout=settings.limits.total_s,
        )

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        deadline = self._scissors.deadline
        line = connect(host, port, seconds=deadline.left(self._settings.limits.connect_s))
        self._scissors.watch(line)
        # Later than the scissors, which must be the ones to end the talk: smtplib would report its
        # own time-out as a connection that the server closed.
        line.settimeout(deadline.left() + 1)
        if self._implicit_tls is None:
            return line
        try:
            return self._implicit_tls.wrap_socket(line, server_hostname=host)
        except OSError:
            line.close()
            raise

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Metered(self.sock.makefile("rb"))
        return super().getreply()


class _Metered:
    """A reader that gives up on a server that never comes to the point."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._read = 0

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self._file.readline(limit)
        self._read += len(line)
        if self._read > MAX_ANSWER_BYTES:
            raise OSError("the server talks too much")
        return line

    def close(self) -> None:
        self._file.close()
