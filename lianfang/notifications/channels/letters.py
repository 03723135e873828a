"""Is this letter fit to go out, does its address suit the channel, and what is its text?

Everything that a stranger may have typed (a name, a subject, an address) passes here before it
comes near a header, a URL or a gateway.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from lianfang.kernel.texts import tidy
from lianfang.notifications.channels.base import Letter, NotSent, failed_for_good

ELLIPSIS = "……"

_REFERENCE = re.compile(r"[!-~]{1,200}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_CHINESE_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*", re.I)
_WECOM_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
_QQ = re.compile(r"(group|user):([1-9][0-9]{4,11})")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as the gateways want it: whole, or split where Chinese ones want it bare."""

    e164: str

    @property
    def is_chinese(self) -> bool:
        return self.e164.startswith("+86")

    @property
    def national(self) -> str:
        """11 digits for a Chinese mobile, country code and number without + for others."""
        return self.e164[3:] if self.is_chinese else self.e164[1:]


@dataclass(frozen=True, slots=True)
class QQAddress:
    is_group: bool
    number: int


def check(letter: Letter) -> None:
    """Raises NotSent for a letter that no channel may carry."""
    if not _REFERENCE.fullmatch(letter.reference):
        raise NotSent(failed_for_good("letter.bad-reference"))
    for value in (letter.to, letter.name, letter.subject, letter.link or ""):
        if _breaks_a_line(value):
            raise NotSent(failed_for_good("letter.line-break"))
    if not (letter.subject.strip() or letter.body.strip()):
        raise NotSent(failed_for_good("letter.empty"))


def _breaks_a_line(text: str) -> bool:
    # Zl and Zp are U+2028 and U+2029, Cc are the controls (NEL among them), Cs half characters.
    return any(unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cs") for sign in text)


def _wrong_address() -> NotSent:
    return NotSent(failed_for_good("letter.bad-address", address_is_wrong=True))


def phone_of(letter: Letter) -> Phone:
    """Raises NotSent unless `to` is an E.164 number; a Chinese one must be a mobile."""
    to = letter.to
    if not _E164.fullmatch(to) or (to.startswith("+86") and not _CHINESE_MOBILE.fullmatch(to)):
        raise _wrong_address()
    return Phone(to)


def mailbox_of(letter: Letter) -> str:
    """The plain ASCII address; a domain in Chinese becomes its xn-- form."""
    local, _at, domain = letter.to.rpartition("@")
    try:
        address = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise _wrong_address() from None
    if not is_mailbox(address):
        raise _wrong_address()
    return address


def is_mailbox(address: str) -> bool:
    """Whether this is one ASCII e-mail address and nothing else: no name, no quotes, no list."""
    local, _at, domain = address.rpartition("@")
    if len(address) > 254 or len(local) > 64:
        return False
    return bool(_LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain))


def wecom_user_of(letter: Letter) -> str:
    """One UserID. `@all` and lists are refused: a letter has one reader."""
    if not _WECOM_USER.fullmatch(letter.to):
        raise _wrong_address()
    return letter.to


def qq_of(letter: Letter) -> QQAddress:
    found = _QQ.fullmatch(letter.to)
    if found is None:
        raise _wrong_address()
    return QQAddress(is_group=found[1] == "group", number=int(found[2]))


def readable(text: str) -> str:
    """Text that any gateway can encode: no controls but line breaks, no half characters."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = whole.encode("utf-8", "replace").decode("utf-8")
    return "\n".join(_visible(line) for line in whole.split("\n"))


def _visible(line: str) -> str:
    return "".join(
        s for s in line if s == "\t" or unicodedata.category(s) not in ("Cc", "Zl", "Zp")
    )


def text_of(letter: Letter, *, max_bytes: int) -> str:
    """Subject, body and link as one plain text of at most `max_bytes` in UTF-8.

    The body gives way, never the link: what was cut off can be read behind it.
    """
    subject, body, link = (
        readable(letter.subject).strip(),
        readable(letter.body).strip(),
        letter.link,
    )
    tail = "" if not link or link in body else link
    whole = _lines(subject, body, tail)
    if _size(whole) <= max_bytes:
        return whole
    frame = _lines(subject, ELLIPSIS, link or "")
    room = max_bytes - _size(frame)
    if room < 0:  # a subject as long as a novel
        return _cut(frame, max_bytes)
    return _lines(subject, _cut(body, room) + ELLIPSIS, link or "")


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _size(text: str) -> int:
    return len(text.encode("utf-8"))


def _cut(text: str, max_bytes: int) -> str:
    """The longest beginning of the text that fits, never half a character."""
    return text.encode("utf-8")[:max_bytes].decode("utf-8", "ignore")


def national_digits(text: str) -> str:
    """The digits of an address, to find it again in what a gateway sends back."""
    digits = "".join(sign for sign in tidy(text) if sign.isdigit())
    return digits.removeprefix("86") if text.startswith("+86") else digits
