"""Text as people type it, made comparable. And the mark of a sentence to be translated."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_PUNCTUATION = re.compile("([，：；！？（）])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def gettext_noop(message: str) -> str:
    """Mark a msgid for the catalogue; the edge translates it."""
    return message


def tidy(text: str) -> str:
    """NFKC (full-width digits become plain), no invisible or control characters, trimmed.

    >>> tidy(' １３８\u200b0000 ')
    '1380000'
    """
    return _plain(text).strip()


def prose(text: str) -> str:
    """`tidy` for sentences: Chinese commas, colons and brackets stay what they were typed as.

    >>> prose(' 本人接听，体温３８.５℃（腋下） ')
    '本人接听，体温38.5°C（腋下）'
    """
    parts = _PUNCTUATION.split(text)
    return "".join(part if _PUNCTUATION.fullmatch(part) else _plain(part) for part in parts).strip()


def _plain(text: str) -> str:
    return _CONTROL.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))


def has_control_characters(text: str) -> bool:
    """Whether a NUL or another control character hides in the text."""
    return bool(_CONTROL.search(text))
