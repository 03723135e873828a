"""The one way to a gateway: its limits, its trust, and how it treats connections."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from lianfang.notifications.channels.base import NotSent, Outcome, Receipt
from lianfang.notifications.channels.deadline import Deadline, Unreachable, connect
from lianfang.notifications.channels.wire import MAX_ANSWER_BYTES, Limits, Reply, Wire
from tests.gateways import Behaviour
from tests.unit.channels.samples import channel, letter_for
from tests.unit.channels.tls import TlsFiles


def test_a_gateway_has_three_seconds_to_connect_and_ten_in_all():
    assert (Limits().connect_s, Limits().total_s) == (3.0, 10.0)


@contextmanager
def answering(raw: bytes, *, context=None) -> Iterator[str]:
    """A server that says exactly this to the first request on every connection, then hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))
    scheme = "https" if context else "http"

    def serve() -> None:
        while True:
            try:
                line, _address = listener.accept()
            except OSError:
                return
            try:
                if context:
                    line = context.wrap_socket(line, server_side=True)
                line.recv(65536)
                line.sendall(raw)
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            finally:
                line.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def ask(url: str, *, limits: Limits = Limits(total_s=2)) -> Reply:  # noqa: B008 (frozen)
    request = httpx.Request("POST", url, content=b"{}")
    return Wire(limits=limits).exchange(request, deadline=Deadline(limits.total_s))


def trouble(url: str, **limits) -> Receipt:
    with pytest.raises(NotSent) as caught:
        ask(url, limits=Limits(**({"total_s": 2} | limits)))
    return caught.value.receipt


def http(body: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{headers}\r\n"
    return head.encode() + body


@pytest.mark.parametrize("size, fits", [(MAX_ANSWER_BYTES, True), (MAX_ANSWER_BYTES + 1, False)])
def test_an_answer_may_have_64_kilobytes_and_not_a_byte_more(size, fits):
    body = b'{"a":"' + b"x" * (size - 8) + b'"}'
    assert len(body) == size
    with answering(http(body)) as url:
        if fits:
            assert len(ask(url).body) == size
        else:
            assert trouble(url).code == "gateway.too-large"


def test_an_answer_that_announces_megabytes_is_not_read_at_all():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n"
    with answering(head) as url:
        began = time.monotonic()
        assert trouble(url).code == "gateway.too-large"
        assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    "raw, code",
    [
        (b"", "gateway.broken-off"),
        (b"220 mail.example.edu.cn ESMTP\r\n", "gateway.broken-off"),
        (b"\x16\x03\x01\x00\x05hello", "gateway.broken-off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "gateway.broken-off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}", "gateway.broken-off"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n", "gateway.broken-off"),
        (http(b"", status="301 Moved", headers="Location: http://1.2.3.4/\r\n"), None),
        (http(b"", status="304 Not Modified"), "gateway.redirected"),
        (http(b'{"code":0}', status="503 Busy"), "gateway.server-error"),
        (http(b'{"code":0}', status="599 What"), "gateway.server-error"),
    ],
)
def test_what_is_no_answer_is_a_failure_for_now(raw, code):
    with answering(raw) as url:
        receipt = trouble(url)
    assert receipt.outcome is Outcome.FAILED_FOR_NOW
    assert receipt.code == (code or "gateway.redirected")


NOT_AN_OBJECT = [
    b"",
    b"null",
    b"[]",
    b'"OK"',
    b"0",
    b"{",
    b'{"code":NaN}',
    b'{"code":Infinity}',
    b"\xff\xfe\x00",
    b"[" * 60_000,
    b'{"a":' * 10_000,
    b'{"code":' + b"9" * 5_000 + b"}",
]


@pytest.mark.parametrize("body", NOT_AN_OBJECT)
def test_a_body_that_is_no_json_object_is_a_failure_for_now(body):
    with pytest.raises(NotSent) as caught:
        Reply(200, body, "utf-8").json_object()
    assert caught.value.receipt.outcome is Outcome.FAILED_FOR_NOW


def test_an_answer_in_gbk_is_read_when_it_says_so():
    body = '{"msg":"余额不足"}'.encode("gbk")
    with answering(http(body, headers='Content-Type: text/json; charset="GBK"\r\n')) as url:
        assert ask(url).json_object() == {"msg": "余额不足"}


@pytest.mark.parametrize("charset", ["nonsense", "rot13", "base64", "\u00e4"])
def test_an_unknown_charset_is_a_failure_for_now(charset):
    with pytest.raises(NotSent) as caught:
        Reply(200, b"{}", charset).json_object()
    assert caught.value.receipt.code == "gateway.not-json"


def test_a_compressed_answer_is_not_unpacked():
    import gzip

    body = gzip.compress(b'{"code":0}')
    with answering(http(body, headers="Content-Encoding: gzip\r\n")) as url, pytest.raises(NotSent):
        ask(url).json_object()


@pytest.mark.parametrize(
    "said, seconds",
    [
        ("17", 17.0),
        ("0", 0.0),
        ("99999999999999", 86_400.0),
        ("-3", None),
        ("soon", None),
        ("1e9", None),
        ("", None),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
    ],
)
def test_retry_after_is_believed_within_reason(said, seconds):
    raw = http(b"", status="503 Busy", headers=f"Retry-After: {said}\r\n")
    with answering(raw) as url:
        assert trouble(url).retry_after_s == seconds


def test_retry_after_may_be_a_moment():
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    raw = http(b"", status="503 Busy", headers=f"Retry-After: {moment}\r\n")
    with answering(raw) as url:
        wait = trouble(url).retry_after_s
    assert wait is not None
    assert 80 < wait <= 90


# ---------------------------------------------------------------- connecting


@contextmanager
def nobody_takes_the_call() -> Iterator[int]:
    """A port whose queue of waiting callers is full: Linux lets further ones wait in silence."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        callers = []
        for _each in range(4):
            caller = socket.socket()
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
            callers.append(caller)
        yield listener.getsockname()[1]
        for caller in callers:
            caller.close()


def test_a_gateway_that_does_not_take_the_call_is_left_after_the_time_to_connect():
    with nobody_takes_the_call() as port:
        began = time.monotonic()
        receipt = trouble(f"http://127.0.0.1:{port}", connect_s=0.3, total_s=5)
        took = time.monotonic() - began

    assert receipt.code == "gateway.unreachable"
    assert 0.25 < took < 2


@pytest.mark.parametrize(
    "host", ["no-such-host.invalid", "a" * 64 + ".example", "\u2603" * 70, "300.300.300.300"]
)
def test_a_name_that_nobody_knows_is_unreachable(host):
    with pytest.raises(Unreachable):
        connect(host, 80, seconds=5)


def test_a_resolver_that_hangs_is_left_at_the_deadline(monkeypatch):
    released = threading.Event()

    def hang(*_args, **_options):
        released.wait(5)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    began = time.monotonic()
    with pytest.raises(Unreachable):
        connect("sms.example.edu.cn", 80, seconds=0.2)
    released.set()
    assert time.monotonic() - began < 2


def test_a_dead_first_address_leaves_time_for_the_second(monkeypatch):
    with nobody_takes_the_call() as dead, socket.create_server(("127.0.0.1", 0)) as alive:
        both = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", dead)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", alive.getsockname()),
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: both)
        with connect("two.example.edu.cn", 80, seconds=1) as line:
            assert line.getpeername() == alive.getsockname()


def test_a_connection_is_used_for_many_letters(gateway):
    tried = channel("sms_http", gateway)
    for number in range(5):
        tried.send(letter_for("sms_http", reference=f"r:{number}"))

    assert len(gateway.accepted) == 5
    assert gateway.connections == 1


def test_many_threads_share_a_channel(gateway):
    tried = channel("wecom_app", gateway)
    receipts: list[Receipt] = []

    def send(number: int) -> None:
        receipts.append(tried.send(letter_for("wecom_app", reference=f"r:{number}")))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert [r.outcome for r in receipts] == [Outcome.ACCEPTED] * 24
    assert len(gateway.accepted) == 24
    assert len(gateway.token_requests) == 1


def test_a_gateway_that_hung_up_while_idle_is_called_anew(gateway):
    tried = channel("sms_http", gateway)
    tried.send(letter_for("sms_http"))
    gateway.hang_up()

    receipt = tried.send(letter_for("sms_http", reference="r:2"))

    assert receipt.outcome is Outcome.ACCEPTED


def test_proxies_of_the_environment_are_not_used(gateway, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    receipt = channel("sms_http", gateway).send(letter_for("sms_http"))

    assert receipt.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize("code", ["wecom", "dingtalk", "feishu", "wecom_app"])
def test_no_webhook_token_is_written_to_the_log(code, gateway, caplog):
    with caplog.at_level(logging.DEBUG):
        channel(code, gateway).send(letter_for(code))
        gateway.behave(Behaviour.ERROR_IN_200)
        channel(code, gateway).send(letter_for(code))

    for secret in ("wecom-key-1", "ding-token-1", "feishu-token-1", "app-secret", "T-1"):
        assert secret not in caplog.text


# ---------------------------------------------------------------- TLS


@pytest.fixture(scope="module")
def tls(tmp_path_factory) -> TlsFiles:
    return TlsFiles.make(tmp_path_factory.mktemp("tls"))


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tls):
    with answering(http(b"{}"), context=tls.server_context()) as url:
        receipt = trouble(url)
    assert (receipt.code, receipt.outcome) == ("gateway.bad-certificate", Outcome.FAILED_FOR_NOW)


def test_a_certificate_of_the_college_is_believed_with_its_file(tls):
    with answering(http(b"{}"), context=tls.server_context()) as url:
        assert ask(url, limits=Limits(total_s=2, ca_file=str(tls.authority))).json_object() == {}


def test_a_certificate_for_another_name_is_not_believed(tls):
    with answering(http(b"{}"), context=tls.server_context(name="other.example")) as url:
        assert trouble(url, ca_file=str(tls.authority)).code == "gateway.bad-certificate"


def test_a_gateway_that_is_silent_during_the_handshake_is_left_at_the_deadline(tls):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.monotonic()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        receipt = trouble(url, total_s=0.3)
    assert receipt.code == "gateway.timed-out"
    assert time.monotonic() - began < 2
