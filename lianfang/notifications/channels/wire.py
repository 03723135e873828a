"""One HTTP exchange with a gateway that may be slow, lying or down.

Redirects are never followed, an answer is read up to 64 kB, nothing is decompressed, proxies of
the environment are not used, and the whole exchange ends at its deadline. httpx builds the
requests; its client is left out because it writes every URL, webhook tokens included, to the log.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import threading
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, NoReturn

import httpcore
import httpx

from lianfang.notifications.channels.base import NotSent, Receipt, failed_for_now
from lianfang.notifications.channels.deadline import (
    Deadline,
    OutOfTime,
    Unreachable,
    connect,
    wall_clock,
)

MAX_ANSWER_BYTES = 64 * 1024
LONGEST_RETRY_AFTER_S = 24 * 3600.0
BUSY_RETRY_AFTER_S = 60.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a gateway may take, and whose certificates it may show."""

    connect_s: float = 3.0
    total_s: float = 10.0
    ca_file: str = ""  # PEM; only for a gateway whose certificate no public authority signed


USUAL_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is neither a redirect nor a 5xx nor 429; those never get this far."""

    status: int
    body: bytes
    charset: str

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    def json_object(self) -> dict[str, Any]:
        """The JSON object of the body. Raises NotSent for HTML, a list, or anything else."""
        try:
            text = self.body.decode(self.charset).removeprefix("\ufeff")
            value = json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, LookupError, RecursionError):
            raise NotSent(failed_for_now("gateway.not-json", f"HTTP {self.status}")) from None
        if not isinstance(value, dict):
            raise NotSent(failed_for_now("gateway.unexpected-answer", f"HTTP {self.status}"))
        return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class Wire:
    """Connections to one gateway, kept open between letters. Safe to use from many threads."""

    def __init__(self, *, limits: Limits) -> None:
        self._network = _BoundedNetwork(limits)
        self._pool = httpcore.ConnectionPool(
            ssl_context=_ssl_context(limits.ca_file),
            max_connections=16,
            max_keepalive_connections=4,
            keepalive_expiry=15,
            network_backend=self._network,
        )
        weakref.finalize(self, self._pool.close)

    def exchange(self, request: httpx.Request, *, deadline: Deadline) -> Reply:
        """Ask and read the answer. Raises NotSent with the receipt when there is no use in it."""
        try:
            with self._network.until(deadline):
                return self._ask(request, deadline)
        except OutOfTime:
            raise NotSent(failed_for_now("gateway.timed-out")) from None
        except httpcore.TimeoutException as error:
            raise NotSent(failed_for_now("gateway.timed-out", type(error).__name__)) from None
        except httpcore.ConnectError as error:
            raise NotSent(_not_connected(error)) from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise NotSent(failed_for_now("gateway.broken-off", type(error).__name__)) from None

    def _ask(self, request: httpx.Request, deadline: Deadline) -> Reply:
        url = request.url
        with self._pool.stream(
            request.method,
            httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.content,
            extensions={"timeout": {"pool": deadline.left()}},
        ) as response:
            _raise_for_status(response)
            return Reply(response.status, _bounded(response), _charset(response))


class _BadCertificate(httpcore.ConnectError):
    """The gateway cannot show that it is who it should be."""


def _not_connected(error: httpcore.ConnectError) -> Receipt:
    untrusted = isinstance(error, _BadCertificate)
    return failed_for_now(
        "gateway.bad-certificate" if untrusted else "gateway.unreachable", str(error)
    )


def _raise_for_status(response: httpcore.Response) -> None:
    detail = f"HTTP {response.status}"
    if 300 <= response.status < 400:
        raise NotSent(failed_for_now("gateway.redirected", detail))
    if response.status >= 500:
        wait = _retry_after(response)
        raise NotSent(failed_for_now("gateway.server-error", detail, retry_after_s=wait))
    if response.status == 429:
        wait = _retry_after(response) or BUSY_RETRY_AFTER_S
        raise NotSent(failed_for_now("gateway.too-many-requests", detail, retry_after_s=wait))


def _bounded(response: httpcore.Response) -> bytes:
    """The body, or NotSent as soon as it is clear that it is too long to be an answer."""
    announced = _header(response, b"content-length")
    if announced.isascii() and announced.isdigit() and int(announced[:12]) > MAX_ANSWER_BYTES:
        raise NotSent(failed_for_now("gateway.too-large"))
    body = bytearray()
    stream = response.stream
    assert isinstance(stream, Iterable)
    for chunk in stream:
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise NotSent(failed_for_now("gateway.too-large"))
    return bytes(body)


def _header(response: httpcore.Response, name: bytes) -> str:
    found = [value for key, value in response.headers if key.lower() == name]
    return found[0].decode("latin-1").strip() if found else ""


def _charset(response: httpcore.Response) -> str:
    """UTF-8 unless the answer says otherwise (Chinese gateways still say GBK)."""
    for part in _header(response, b"content-type").split(";")[1:]:
        name, _equals, value = part.partition("=")
        if name.strip().lower() == "charset" and value.strip():
            return value.strip().strip('"')
    return "utf-8"


def _retry_after(response: httpcore.Response) -> float | None:
    """Seconds to wait, from a number or a date; nonsense is no answer."""
    said = _header(response, b"retry-after")
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), LONGEST_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return _seconds_until(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _seconds_until(moment: datetime) -> float:
    return min(max((moment - wall_clock()).total_seconds(), 0.0), LONGEST_RETRY_AFTER_S)


def _ssl_context(ca_file: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file) if ca_file else _public_authorities()


@cache
def _public_authorities() -> ssl.SSLContext:
    """Shared by all gateways: reading the list takes 20 ms."""
    return httpx.create_ssl_context()


class _BoundedNetwork(httpcore.NetworkBackend):
    """Sockets whose every step takes its time from the exchange that runs in this thread."""

    def __init__(self, limits: Limits) -> None:
        self._connect_s = limits.connect_s
        self._running = threading.local()

    @contextmanager
    def until(self, deadline: Deadline) -> Iterator[None]:
        self._running.deadline = deadline
        try:
            yield
        finally:
            del self._running.deadline

    def left(self) -> float:
        deadline: Deadline = self._running.deadline
        return deadline.left()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        try:
            return _Line(connect(host, port, seconds=min(self.left(), self._connect_s)), self)
        except Unreachable as error:
            raise httpcore.ConnectError(str(error)) from error


class _Line(httpcore.NetworkStream):
    """One connection. httpcore's own time limits are per read and are not listened to."""

    def __init__(self, line: socket.socket, network: _BoundedNetwork) -> None:
        self._line = line
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            self._line.settimeout(self._network.left())
            return self._line.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except OSError as error:
            raise httpcore.ReadError(type(error).__name__) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._line.settimeout(self._network.left())
            self._line.sendall(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout from error
        except OSError as error:
            raise httpcore.WriteError(type(error).__name__) from error

    def close(self) -> None:
        self._line.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            self._line.settimeout(self._network.left())
            secured = ssl_context.wrap_socket(self._line, server_hostname=server_hostname)
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout from error
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise _BadCertificate(error.verify_message) from error
        except OSError as error:
            self.close()
            raise httpcore.ConnectError(type(error).__name__) from error
        return _Line(secured, self._network)

    def get_extra_info(self, info: str) -> Any:
        if info == "ssl_object" and isinstance(self._line, ssl.SSLSocket):
            return self._line
        if info == "is_readable":  # an idle connection that can be read was closed by the gateway
            return _is_readable(self._line)
        return None


def _is_readable(line: socket.socket) -> bool:
    if line.fileno() < 0:
        return True
    watch = select.poll()
    watch.register(line, select.POLLIN)
    return bool(watch.poll(0))
