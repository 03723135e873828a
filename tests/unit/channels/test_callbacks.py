"""Callbacks are believed when they are genuine, fresh and new; in that order."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from lianfang.notifications.channels import callbacks
from lianfang.notifications.channels.callbacks import BadCallback, verify
from tests.gateways import signed_headers

SECRET = "shared-s3cret"
NOW = datetime(2020, 2, 1, 4, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
BODY = b'{"reports":[{"id":"7","status":"delivered"}]}'
NONCE = "abcDEF0123456789-_"


class Memory:
    """Remembers nonces like the table of the caller."""

    def __init__(self) -> None:
        self.seen: dict[str, datetime] = {}

    def __call__(self, nonce: str, until: datetime) -> bool:
        is_new = nonce not in self.seen
        self.seen.setdefault(nonce, until)
        return is_new


def said(**changes):
    call = {"timestamp": str(SECONDS), "nonce": NONCE, "body": BODY}
    signed = call | {
        name: changes.pop(f"signed_{name}") for name in call if f"signed_{name}" in changes
    }
    text = f"{signed['timestamp']}\n{signed['nonce']}\n".encode() + signed["body"]
    call["signature"] = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
    return {"secret": SECRET, "now": NOW, **call, **changes}


def refusal(**call) -> str:
    with pytest.raises(BadCallback) as caught:
        verify(**call)
    return caught.value.code


def test_a_genuine_callback_is_believed():
    memory = Memory()

    verify(**said(remember=memory))

    # Remembered for as long as the timestamp alone would not refuse it.
    assert memory.seen == {NONCE: NOW + timedelta(minutes=5)}


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_five_minutes_either_way_are_fresh(seconds):
    at = str(SECONDS + seconds)
    verify(**said(timestamp=at, signed_timestamp=at))


@pytest.mark.parametrize(
    "seconds, code", [(-301, "callback.too-old"), (301, "callback.from-the-future")]
)
def test_a_second_more_is_not(seconds, code):
    at = str(SECONDS + seconds)
    assert refusal(**said(timestamp=at, signed_timestamp=at)) == code


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"secret": ""}, "callback.no-secret"),
        ({"secret": "another"}, "callback.bad-signature"),
        ({"body": BODY + b" "}, "callback.bad-signature"),
        ({"body": b""}, "callback.bad-signature"),
        ({"timestamp": str(SECONDS + 1)}, "callback.bad-signature"),
        ({"nonce": NONCE + "x"}, "callback.bad-signature"),
        ({"signature": ""}, "callback.bad-signature"),
        ({"signature": "0" * 64}, "callback.bad-signature"),
        ({"signature": "é" * 64}, "callback.bad-signature"),
        ({"timestamp": ""}, "callback.bad-timestamp"),
        ({"timestamp": "now"}, "callback.bad-timestamp"),
        ({"timestamp": "-5"}, "callback.bad-timestamp"),
        ({"timestamp": "1e9"}, "callback.bad-timestamp"),
        ({"timestamp": "1580529600.5"}, "callback.bad-timestamp"),
        ({"timestamp": "１５８０５２９６００"}, "callback.bad-timestamp"),
        ({"timestamp": "9" * 12}, "callback.bad-timestamp"),
        ({"timestamp": "9" * 400}, "callback.bad-timestamp"),
        ({"nonce": ""}, "callback.bad-nonce"),
        ({"nonce": "short"}, "callback.bad-nonce"),
        ({"nonce": "x" * 65}, "callback.bad-nonce"),
        ({"nonce": "abcDEF0123456789\n1"}, "callback.bad-nonce"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(changes, code):
    memory = Memory()

    assert refusal(**said(**changes), remember=memory) == code
    assert memory.seen == {}  # nobody can use up a nonce without the secret


def test_the_same_callback_is_believed_once():
    memory = Memory()
    verify(**said(remember=memory))

    assert refusal(**said(remember=memory)) == "callback.replayed"


def test_a_signature_moved_between_nonce_and_body_does_not_fit():
    """The line breaks part what is signed: nothing can be shifted from one part to the next."""
    signature = said()["signature"]
    shifted = said(nonce=NONCE + "123456", signed_nonce=NONCE) | {"signature": signature}

    assert refusal(**shifted) == "callback.bad-signature"


def test_a_signature_in_capitals_is_the_same():
    call = said()
    verify(**call | {"signature": call["signature"].upper()})


def test_the_loopback_gateway_signs_as_documented():
    headers = signed_headers(BODY, secret=SECRET, timestamp=SECONDS, nonce=NONCE)

    verify(
        secret=SECRET,
        timestamp=headers[callbacks.TIMESTAMP_HEADER],
        nonce=headers[callbacks.NONCE_HEADER],
        body=BODY,
        signature=headers[callbacks.SIGNATURE_HEADER],
        now=NOW,
    )
