"""What comes back over HTTP: is it genuine, fresh and new?

A gateway of our own kind signs each callback: HMAC-SHA256, in hex, over

    TIMESTAMP "\\n" NONCE "\\n" BODY

with the secret that both sides know. The timestamp is in whole seconds since 1970, the nonce is
16 to 64 letters, digits, - or _ and never used twice.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.notifications.channels.answers import Answer, Meaning, parse_answer

__all__ = [
    "NONCE_HEADER",
    "SIGNATURE_HEADER",
    "TIMESTAMP_HEADER",
    "WINDOW",
    "Answer",
    "BadCallback",
    "Meaning",
    "parse_answer",
    "sign",
    "verify",
]

WINDOW = timedelta(minutes=5)
TIMESTAMP_HEADER = "X-Lianfang-Timestamp"
NONCE_HEADER = "X-Lianfang-Nonce"
SIGNATURE_HEADER = "X-Lianfang-Signature"

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")

# Remember the nonce until the moment given; False when it has been seen before.
Remember = Callable[[str, datetime], bool]


class BadCallback(Refused):
    """Not believed; nothing was changed. The subclass says why, the answer to the sender need not."""

    code = "callback.bad"
    message = _("This callback is not believed.")
    status = 403


class CallbacksAreOff(BadCallback):
    code = "callback.no-secret"
    message = _("Callbacks are not set up: no secret is configured.")


class UnreadableTimestamp(BadCallback):
    code = "callback.bad-timestamp"
    message = _("The timestamp of the callback is not a number of seconds.")


class TooOld(BadCallback):
    code = "callback.too-old"
    message = _("The callback is more than five minutes old.")


class FromTheFuture(BadCallback):
    code = "callback.from-the-future"
    message = _("The callback's time is more than five minutes ahead: one of the clocks is wrong.")


class UnreadableNonce(BadCallback):
    code = "callback.bad-nonce"
    message = _("The nonce of the callback is missing or malformed.")


class WrongSignature(BadCallback):
    code = "callback.bad-signature"
    message = _("The signature of the callback does not fit.")


class Replayed(BadCallback):
    code = "callback.replayed"
    message = _("This callback has been received before.")


def sign(*, secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    text = f"{timestamp}\n{nonce}\n".encode() + body
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def verify(
    *,
    secret: str,
    timestamp: str,
    nonce: str,
    body: bytes,
    signature: str,
    now: datetime,
    remember: Remember | None = None,
) -> None:
    """Raises the BadCallback that fits; returns when the callback may be believed.

    `now` is the real time, in an exercise too (`deadline.wall_clock`). The nonce is remembered
    last, so that a stranger cannot use up somebody else's; until the moment after which the
    timestamp alone refuses it.
    """
    if not secret:
        raise CallbacksAreOff
    sent_at = _moment(timestamp)
    if not _NONCE.fullmatch(nonce):
        raise UnreadableNonce
    expected = sign(secret=secret, timestamp=timestamp, nonce=nonce, body=body)
    given = signature.lower()
    if not _SIGNATURE.fullmatch(given) or not hmac.compare_digest(expected, given):
        raise WrongSignature
    if sent_at < now - WINDOW:
        raise TooOld
    if sent_at > now + WINDOW:
        raise FromTheFuture
    if remember is not None and not remember(nonce, sent_at + WINDOW):
        raise Replayed


def _moment(timestamp: str) -> datetime:
    if not _TIMESTAMP.fullmatch(timestamp):
        raise UnreadableTimestamp
    try:
        return datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        raise UnreadableTimestamp from None
