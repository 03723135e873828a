"""A real SMTP server on loopback (aiosmtpd), with the ways in which mail servers misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from enum import StrEnum
from socket import SO_LINGER, SOL_SOCKET
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

DRIP_S = 0.01
FLOOD_LINES = 40_000


class SmtpBehaviour(StrEnum):
    OK = "ok"
    ACCEPT_NEVER_DELIVER = "accept_never_deliver"
    GREYLISTED = "greylisted"  # 451, come again
    MAILBOX_FULL = "mailbox_full"
    NO_SUCH_MAILBOX = "no_such_mailbox"  # 550 5.1.1
    POLICY = "policy"  # 550 5.7.1, the mailbox exists
    SENDER_REFUSED = "sender_refused"
    CONTENT_REFUSED = "content_refused"  # 554 after the text
    BUSY = "busy"  # 421 instead of a greeting
    NOT_SMTP = "not_smtp"  # HTML instead of a greeting
    FLOOD = "flood"  # a greeting without end
    SLOW = "slow"  # the greeting, one byte at a time, for ever
    SLOW_DATA = "slow_data"  # takes the text and never says so
    BLACKHOLE = "blackhole"
    RESET = "reset"  # in the middle of the text
    HANG_UP_ON_QUIT = "hang_up_on_quit"  # takes it, then breaks off
    REFUSE = "refuse"


_RAW = {
    SmtpBehaviour.BUSY,
    SmtpBehaviour.NOT_SMTP,
    SmtpBehaviour.FLOOD,
    SmtpBehaviour.SLOW,
    SmtpBehaviour.BLACKHOLE,
}
_AT_RCPT = {
    SmtpBehaviour.GREYLISTED: "451 4.7.1 Come again",
    SmtpBehaviour.MAILBOX_FULL: "552 5.2.2 Mailbox full",
    SmtpBehaviour.NO_SUCH_MAILBOX: "550 5.1.1 No such mailbox",
    SmtpBehaviour.POLICY: "550 5.7.1 Not wanted here",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)

    @property
    def text(self) -> str:
        content: str = self.parsed.get_content()
        return content


class SmtpGateway:
    """An SMTP server on 127.0.0.1 with a port of its own; a context manager."""

    def __init__(
        self,
        behaviour: SmtpBehaviour | str = SmtpBehaviour.OK,
        *,
        starttls: ssl.SSLContext | None = None,
        implicit_tls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
    ) -> None:
        self.host, self.port = "127.0.0.1", 0
        self.behaviour = SmtpBehaviour(behaviour)
        self._starttls, self._implicit_tls, self._login = starttls, implicit_tls, login
        self._news = threading.Condition()
        self._mails: list[Mail] = []
        self.goodbyes = 0
        self._loop = asyncio.new_event_loop()
        self._released = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Transport] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp-gateway")

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._listen())
        if self.behaviour is SmtpBehaviour.REFUSE:
            self._run(self._stop_listening())
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._released.set)
        self._run(self._stop_listening())
        self._run(_cancel_the_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def mails(self) -> list[Mail]:
        with self._news:
            return list(self._mails)

    def behave(self, behaviour: SmtpBehaviour | str) -> None:
        self.behaviour = SmtpBehaviour(behaviour)
        if self.behaviour is SmtpBehaviour.REFUSE:
            self._run(self._stop_listening())
        elif self._server is None:
            self._run(self._listen())

    def wait_for(self, count: int = 1, *, within: float = 5.0) -> list[Mail]:
        with self._news:
            came = self._news.wait_for(lambda: len(self._mails) >= count, timeout=within)
            assert came, f"{len(self._mails)} of {count} letters came within {within} s"
            return list(self._mails)

    def _run(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(timeout=10)

    async def _pause(self, seconds: float) -> None:
        """Let so much time pass, or less when the gateway closes."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._released.wait(), seconds)

    async def _listen(self) -> None:
        server = await self._loop.create_server(
            self._protocol, self.host, self.port, ssl=self._implicit_tls
        )
        self.port = server.sockets[0].getsockname()[1]
        self._server = server

    async def _stop_listening(self) -> None:
        server, self._server = self._server, None
        for line in list(self._lines):
            line.abort()
        if server is not None:
            server.close()
            await server.wait_closed()

    def _protocol(self) -> asyncio.BaseProtocol:
        if self.behaviour in _RAW:
            return _Raw(self)
        return _Polite(self, _Handler(self))

    def _keep(self, mail: Mail) -> None:
        with self._news:
            self._mails.append(mail)
            self._news.notify_all()


async def _cancel_the_others() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class _Polite(SMTP):
    """aiosmtpd, whose connections the gateway can cut."""

    def __init__(self, gateway: SmtpGateway, handler: _Handler) -> None:
        self._gateway = gateway
        login = gateway._login
        super().__init__(
            handler,
            hostname="gateway.test",
            tls_context=gateway._starttls,
            require_starttls=gateway._starttls is not None,
            authenticator=_authenticator(login) if login else None,
            auth_required=login is not None,
            # Without a login there is nobody to let in, so none is offered in the clear.
            auth_require_tls=gateway._starttls is not None or login is None,
            loop=gateway._loop,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._gateway._lines.add(cast(asyncio.Transport, transport))
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:
            self._gateway._lines.discard(self.transport)
        super().connection_lost(error)


def _authenticator(login: tuple[str, str]) -> Callable[..., AuthResult]:
    def check(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        assert isinstance(data, LoginPassword)
        return AuthResult(success=given == login, handled=False)

    return check


class _Handler:
    def __init__(self, gateway: SmtpGateway) -> None:
        self._gateway = gateway

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._gateway.behaviour is SmtpBehaviour.SENDER_REFUSED:
            return "553 5.1.8 We do not know this sender"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = _AT_RCPT.get(self._gateway.behaviour)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        behaviour = self._gateway.behaviour
        if behaviour is SmtpBehaviour.CONTENT_REFUSED:
            return "554 5.6.0 Looks like spam"
        assert isinstance(envelope.content, bytes)
        mail = Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content)
        if behaviour is SmtpBehaviour.RESET:
            _reset(server)
            return "250 never heard"
        self._gateway._keep(mail)
        if behaviour is SmtpBehaviour.SLOW_DATA:
            await self._gateway._pause(30)
        return "250 2.0.0 Queued as Q1"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._gateway.goodbyes += 1
        if self._gateway.behaviour is SmtpBehaviour.HANG_UP_ON_QUIT:
            _reset(server)
        return "221 Bye"


def _reset(server: SMTP) -> None:
    transport = cast(asyncio.Transport, server.transport)
    line = transport.get_extra_info("socket")
    line.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class _Raw(asyncio.Protocol):
    """A server that does not get as far as SMTP."""

    def __init__(self, gateway: SmtpGateway) -> None:
        self._gateway = gateway
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        line = cast(asyncio.Transport, transport)
        self._gateway._lines.add(line)
        self._line = line
        match self._gateway.behaviour:
            case SmtpBehaviour.BUSY:
                line.write(b"421 4.3.2 Too busy\r\n")
                line.close()
            case SmtpBehaviour.NOT_SMTP:
                line.write(b"<html>not what you think</html>\r\n")
            case SmtpBehaviour.FLOOD:
                line.write(b"220-hello hello hello hello hello\r\n" * FLOOD_LINES)
            case SmtpBehaviour.SLOW:
                self._task = self._gateway._loop.create_task(self._drip())

    async def _drip(self) -> None:
        self._line.write(b"220-")
        while not self._line.is_closing() and not self._gateway._released.is_set():
            self._line.write(b"x")
            await self._gateway._pause(DRIP_S)

    def connection_lost(self, error: Exception | None) -> None:
        self._gateway._lines.discard(self._line)
        if self._task is not None:
            self._task.cancel()
