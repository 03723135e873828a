"""What an SMTP server's refusal, or the end of the talk with it, means for the letter."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterable

from lianfang.notifications.channels.base import Receipt, failed_for_good, failed_for_now
from lianfang.notifications.channels.deadline import OutOfTime, Unreachable
from lianfang.notifications.channels.verdicts import tell

NO_SUCH_MAILBOX = frozenset({550, 551, 553})
MAILBOX_FULL = 552
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


def receipt_for(error: Exception, *, out_of_time: bool, hidden: Iterable[str] = ()) -> Receipt:
    """4xx comes again, 5xx does not; everything that is no answer at all may be tried again."""
    if out_of_time or isinstance(error, OutOfTime):
        return failed_for_now("gateway.timed-out")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, message = next(iter(error.recipients.values()))
        return _recipient_refused(int(code), tell(_text(message), hidden=hidden))
    if isinstance(error, smtplib.SMTPConnectError):  # 554 here speaks of the server, not of us
        return failed_for_now("gateway.refused", tell(_text(error.smtp_error), hidden=hidden))
    if isinstance(error, smtplib.SMTPResponseException):
        detail = tell(_text(error.smtp_error), hidden=hidden)
        return _by_class(error.smtp_code, detail)
    return _no_answer(error)


def _recipient_refused(code: int, detail: str) -> Receipt:
    enhanced = _ENHANCED.search(detail)
    if code < 500 or code == MAILBOX_FULL or (enhanced and enhanced[1] == "5.2.2"):
        return failed_for_now(str(code), detail)
    unknown = enhanced[1].startswith("5.1.") if enhanced else code in NO_SUCH_MAILBOX
    return failed_for_good(str(code), detail, address_is_wrong=unknown)


def _by_class(code: int, detail: str) -> Receipt:
    if 500 <= code < 600:
        return failed_for_good(str(code), detail)
    if 400 <= code < 500:
        return failed_for_now(str(code), detail)
    return failed_for_now("gateway.unexpected-answer", detail)


def _no_answer(error: Exception) -> Receipt:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return failed_for_now("email.not-offered", tell(str(error)))
    if isinstance(error, Unreachable):
        return failed_for_now("gateway.unreachable", str(error))
    if isinstance(error, ssl.SSLCertVerificationError):
        return failed_for_now("gateway.bad-certificate", error.verify_message)
    if isinstance(error, TimeoutError):
        return failed_for_now("gateway.timed-out")
    return failed_for_now("gateway.broken-off", type(error).__name__)


def _text(message: object) -> str:
    return message.decode("utf-8", "replace") if isinstance(message, bytes) else str(message)
