"""Real loopback gateways for everybody's tests: HTTP in all dialects, and SMTP.

    with HttpGateway() as gateway:
        channels = channels_from_settings(all_channels(http=gateway))
        ...
        gateway.wait_for(1)                       # the first request, or fail after five seconds
        gateway.behave(Behaviour.HTML)            # from now on
        gateway.script(Behaviour.SERVER_ERROR)    # once, then as before
        assert [m.to for m in gateway.accepted] == ["+8613800138000"]

One gateway speaks every dialect; it tells them apart by the request. Behaviour is switched while
it runs. Nothing sleeps: waiting is on conditions and events, each with a deadline.
"""

from __future__ import annotations

import json
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from typing import Any, Self, cast

from lianfang.notifications.channels import callbacks
from tests.gateway_dialects import (
    Dialect,
    Message,
    Recorded,
    delivery_report,
    dialect_of,
)
from tests.smtp_gateway import SmtpBehaviour, SmtpGateway

__all__ = [
    "Behaviour",
    "HttpGateway",
    "Message",
    "Recorded",
    "SmtpBehaviour",
    "SmtpGateway",
    "all_channels",
    "delivery_report",
    "signed_headers",
]

DRIP_S = 0.01
TEN_MEGABYTES = 10 * 1024 * 1024
HTML = b"<!DOCTYPE html><html><title>Campus network login</title><form>code: 0</form></html>"


class Behaviour(StrEnum):
    OK = "ok"
    ACCEPT_NEVER_DELIVER = "accept_never_deliver"  # takes it; no report ever follows
    LATE = "late"  # takes it, and answers only when released
    ERROR_IN_200 = "error_in_200"
    RATE_LIMITED = "rate_limited"
    HTML = "html"
    LIST = "list"  # JSON, but not an object
    EMPTY = "empty"
    TEN_MEGABYTES = "ten_megabytes"
    ENDLESS = "endless"  # ten megabytes without saying so beforehand
    SLOW = "slow"  # a header, one byte at a time, for ever
    SLOW_BODY = "slow_body"  # the same with the body
    BLACKHOLE = "blackhole"  # reads, never answers
    RESET = "reset"
    REFUSE = "refuse"  # nobody listens on the port
    SERVER_ERROR = "500"
    NOT_ALLOWED = "401"
    REDIRECT = "redirect"

    @property
    def takes_the_message(self) -> bool:
        return self in (Behaviour.OK, Behaviour.ACCEPT_NEVER_DELIVER, Behaviour.LATE)


class HttpGateway:
    """A gateway on 127.0.0.1 with a port of its own; a context manager."""

    def __init__(self, behaviour: Behaviour | str = Behaviour.OK) -> None:
        self._news = threading.Condition()
        self._usual = Behaviour(behaviour)
        self._script: list[Behaviour] = []
        self._requests: list[Recorded] = []
        self._accepted: list[Message] = []
        self._ids_by_key: dict[str, str] = {}
        self._token_requests: list[Recorded] = []
        self._expired_tokens = 0
        self._said: tuple[int, Any] | None = None
        self.unreported: list[Message] = []  # taken under OK: their delivery reports are due
        self.faults: list[BaseException] = []
        self.released = threading.Event()
        self._server: _Server | None = None
        self._address: tuple[str, int] = ("127.0.0.1", 0)

    def __enter__(self) -> Self:
        self._listen()
        if self._usual is Behaviour.REFUSE:
            self._stop_listening()
        return self

    def __exit__(self, *_error: object) -> None:
        self.released.set()
        self._stop_listening()
        assert not self.faults, self.faults

    @property
    def url(self) -> str:
        return f"http://{self._address[0]}:{self._address[1]}"

    @property
    def requests(self) -> list[Recorded]:
        with self._news:
            return list(self._requests)

    @property
    def token_requests(self) -> list[Recorded]:
        """How often, and how, a WeCom access token was fetched."""
        with self._news:
            return list(self._token_requests)

    @property
    def accepted(self) -> list[Message]:
        """What the gateway took, in order; a repeated idempotency key is taken once."""
        with self._news:
            return list(self._accepted)

    def behave(self, behaviour: Behaviour | str) -> None:
        """From now on, until told otherwise."""
        wanted = Behaviour(behaviour)
        with self._news:
            self._usual = wanted
        if wanted is Behaviour.REFUSE:
            self._stop_listening()
        elif self._server is None:
            self._listen()

    def script(self, *behaviours: Behaviour | str) -> None:
        """For the next requests, one each; afterwards as before. REFUSE cannot be scripted."""
        assert Behaviour.REFUSE not in behaviours, "use behave(REFUSE): it closes the port"
        with self._news:
            self._script.extend(map(Behaviour, behaviours))

    def say(self, answer: Any, *, status: int = 200) -> None:
        """Answer this JSON to every request, whatever the behaviour. None ends it."""
        with self._news:
            self._said = None if answer is None else (status, answer)

    def expire_token(self) -> None:
        """The next WeCom application message is told that its access token has expired."""
        with self._news:
            self._expired_tokens += 1

    def wait_for(
        self,
        count: int = 1,
        *,
        within: float = 5.0,
        that: Callable[[Recorded], bool] = lambda _request: True,
    ) -> list[Recorded]:
        """The requests that fit, once there are so many. Fails with what did come."""
        with self._news:

            def enough() -> bool:
                return sum(map(that, self._requests)) >= count

            came = self._news.wait_for(enough, timeout=within)
            found = list(filter(that, self._requests))
            assert came, (
                f"{len(found)} of {count} requests came within {within} s: {self._requests}"
            )
            return found

    def wait_until_more(self, than: int, *, within: float) -> bool:
        """Whether more requests than that had come by the end of the wait."""
        with self._news:
            return self._news.wait_for(lambda: len(self._requests) > than, timeout=within)

    @property
    def connections(self) -> int:
        """How many connections were made since the gateway began to listen."""
        return self._server.connections if self._server else 0

    def hang_up(self) -> None:
        """Close every connection, and go on listening."""
        if self._server is not None:
            self._server.hang_up()

    def wait_for_accepted(self, count: int = 1, *, within: float = 5.0) -> list[Message]:
        """What the gateway took, once it is so much. Fails with what it did take."""
        with self._news:
            came = self._news.wait_for(lambda: len(self._accepted) >= count, timeout=within)
            assert came, f"{len(self._accepted)} of {count} taken: {self._accepted}"
            return list(self._accepted)

    def forget(self) -> None:
        with self._news:
            self._requests.clear()
            self._accepted.clear()
            self.unreported.clear()

    # -- what the server's threads call

    def _listen(self) -> None:
        server = _Server(self._address, _Handler)
        server.gateway = self
        self._address = cast(tuple[str, int], server.server_address)
        self._server = server
        threading.Thread(
            target=server.serve_forever, args=(0.01,), name="http-gateway", daemon=True
        ).start()

    def _stop_listening(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.hang_up()
            server.server_close()  # waits for the threads of the connections

    def _record(self, request: Recorded) -> Behaviour:
        with self._news:
            self._requests.append(request)
            behaviour = self._script.pop(0) if self._script else self._usual
            self._news.notify_all()
            return behaviour

    def _record_token(self, request: Recorded) -> None:
        with self._news:
            self._token_requests.append(request)

    def _take(self, request: Recorded, dialect: Dialect, behaviour: Behaviour) -> str:
        """The provider's id; a known idempotency key gets the one it got before."""
        with self._news:
            key = dialect.key(request)
            if key and key in self._ids_by_key:
                return self._ids_by_key[key]
            provider_id = str(7000 + len(self._accepted))
            if key:
                self._ids_by_key[key] = provider_id
            message = Message(dialect.name, *dialect.read(request), provider_id)
            self._accepted.append(message)
            if behaviour is Behaviour.OK:
                self.unreported.append(message)
            self._news.notify_all()
            return provider_id

    def _token_is_expired(self) -> bool:
        with self._news:
            if not self._expired_tokens:
                return False
            self._expired_tokens -= 1
            return True


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False
    request_queue_size = 128
    gateway: HttpGateway
    connections = 0

    def __init__(self, *args: Any) -> None:
        self._lines: set[socket.socket] = set()
        self._resets: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._lines.add(request)
            self.connections += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._lines.discard(request)
            reset = request in self._resets
            self._resets.discard(request)
        if reset:  # a shutdown would say goodbye first
            request.close()
        else:
            super().shutdown_request(request)

    def reset(self, line: socket.socket) -> None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with self._lock:
            self._resets.add(line)

    def hang_up(self) -> None:
        with self._lock:
            lines = list(self._lines)
        for line in lines:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # hung up already

    def handle_error(self, request: Any, client_address: Any) -> None:
        import sys

        error = sys.exception()
        if error is not None and not isinstance(error, OSError):
            self.gateway.faults.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body leave apart; together they would wait 40 ms
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read `requests`, not a log."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length)
        if len(body) < length:  # the sender died in the middle of its request
            self.close_connection = True
            return
        request = Recorded(self.command, self.path, headers, body)
        gateway = self.server.gateway
        if request.path == "/cgi-bin/gettoken":  # WeCom asks for a token first
            gateway._record_token(request)
            self._answer(200, {"errcode": 0, "access_token": "T-1", "expires_in": 7200})
            return
        behaviour = gateway._record(request)
        if gateway._said is not None:
            self._answer(*gateway._said)
            return
        if request.path == "/cgi-bin/message/send" and gateway._token_is_expired():
            self._answer(200, {"errcode": 42001, "errmsg": "access_token expired"})
        elif behaviour.takes_the_message:
            self._accept(request, behaviour)
        else:
            self._misbehave(request, behaviour)

    def _accept(self, request: Recorded, behaviour: Behaviour) -> None:
        dialect, gateway = dialect_of(request), self.server.gateway
        provider_id = gateway._take(request, dialect, behaviour)
        if behaviour is Behaviour.LATE:
            gateway.released.wait(30)
        self._answer(200, dialect.ok(provider_id))

    def _misbehave(self, request: Recorded, behaviour: Behaviour) -> None:
        dialect = dialect_of(request)
        match behaviour:
            case Behaviour.ERROR_IN_200:
                self._answer(200, dialect.error)
            case Behaviour.RATE_LIMITED:
                self._answer(
                    dialect.rate_limited_status,
                    dialect.rate_limited,
                    **({} if dialect.rate_limited_status == 200 else {"Retry_After": "17"}),
                )
            case Behaviour.HTML:
                self._send(200, HTML, Content_Type="text/html")
            case Behaviour.LIST:
                self._answer(200, [dialect.ok("1")])
            case Behaviour.EMPTY:
                self._send(200, b"", Content_Type="application/json")
            case Behaviour.SERVER_ERROR:
                self._send(500, b"oops", Content_Type="text/plain")
            case Behaviour.NOT_ALLOWED:
                self._send(401, b"", Content_Type="text/plain")
            case Behaviour.REDIRECT:
                self._send(302, b"", Location=f"{self.server.gateway.url}/elsewhere")
            case _:
                self._break_down(behaviour)

    def _break_down(self, behaviour: Behaviour) -> None:
        self.close_connection = True
        released = self.server.gateway.released
        match behaviour:
            case Behaviour.TEN_MEGABYTES:
                self._send(200, b'{"code":0,' + b" " * TEN_MEGABYTES + b"}")
            case Behaviour.ENDLESS:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{")
                self.wfile.write(b" " * TEN_MEGABYTES)
            case Behaviour.SLOW:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                self._drip(b"a", released)
            case Behaviour.SLOW_BODY:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n{")
                self._drip(b" ", released)
            case Behaviour.BLACKHOLE:
                released.wait(30)
            case Behaviour.RESET:
                self.server.reset(self.connection)
            case _:
                raise AssertionError(behaviour)

    def _drip(self, drop: bytes, released: threading.Event) -> None:
        ends_at = time.monotonic() + 30
        while not released.wait(DRIP_S) and time.monotonic() < ends_at:
            self.wfile.write(drop)

    def _answer(self, status: int, body: Any, **headers: str) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self._send(status, content, Content_Type="application/json", **headers)

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def all_channels(
    *, http: HttpGateway, smtp: SmtpGateway | None = None, total_timeout_s: float = 10.0
) -> dict[str, Any]:
    """Channel settings that point everything at the loopback gateways, as a file would say it."""
    limits = {"connect_timeout_s": min(3.0, total_timeout_s), "total_timeout_s": total_timeout_s}
    base = {"base_url": http.url, **limits}
    settings: dict[str, Any] = {
        "sms_http": {
            "url": f"{http.url}/sms",
            "template": {"phone": "{phone}", "text": "{text}"},
            "success_path": "code",
            "success_values": [0],
            "message_path": "msg",
            "id_path": "data.id",
            "wait_codes": {"1029": 30},
            "wrong_address_codes": [1004],
            **limits,
        },
        "voice_http": {
            "url": f"{http.url}/call",
            "template": {"phone": "{phone}", "text": "{text}", "lang": "{language}"},
            "success_path": "result.ok",
            "success_values": [True],
            "code_path": "why",
            "message_path": "msg",
            "id_path": "call.id",
            "headers": {"Authorization": "Bearer voice-token"},
            "wait_codes": {"busy-lines": 30},
            "wrong_address_codes": ["no-such-number"],
            **limits,
        },
        "sms_aliyun": {
            **base,
            "access_key_id": "AK-1",
            "access_key_secret": "aliyun-secret",
            "sign_name": "联防",
            "template_code": "SMS_1",
            "template_params": {"text": "{text}"},
        },
        "sms_tencent": {
            **base,
            "secret_id": "ID-1",
            "secret_key": "tencent-secret",
            "sdk_app_id": "1400006666",
            "sign_name": "联防",
            "template_id": "1110",
            "template_params": ["{text}"],
        },
        "wecom": {**base, "robots": {"committee": {"key": "wecom-key-1"}}},
        "dingtalk": {
            **base,
            "robots": {"committee": {"access_token": "ding-token-1", "secret": "SECding"}},
        },
        "feishu": {
            **base,
            "robots": {"committee": {"token": "feishu-token-1", "secret": "feishu-secret"}},
        },
        "wecom_app": {**base, "corp_id": "ww1", "agent_id": 1000002, "secret": "app-secret"},
        "onebot": {**base, "access_token": "onebot-token"},
    }
    if smtp is not None:
        settings["email"] = {
            "host": smtp.host,
            "port": smtp.port,
            "sender": "duty@example.edu.cn",
            "sender_name": "联防",
            "security": "none",
            **limits,
        }
    return settings


def signed_headers(
    body: bytes, *, secret: str, timestamp: int, nonce: str = "n0nce-n0nce-n0nce"
) -> dict[str, str]:
    """The headers with which a gateway of our own kind signs a callback."""
    said = str(timestamp)
    return {
        callbacks.TIMESTAMP_HEADER: said,
        callbacks.NONCE_HEADER: nonce,
        callbacks.SIGNATURE_HEADER: callbacks.sign(
            secret=secret, timestamp=said, nonce=nonce, body=body
        ),
    }
