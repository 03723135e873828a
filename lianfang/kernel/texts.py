"""Text as people type it, made comparable. And the mark of a sentence to be translated."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def gettext_noop(message: str) -> str:
    """Mark a msgid for the catalogue; the edge translates it."""
    return message


def tidy(text: str) -> str:
    """NFKC (full-width digits become plain), no invisible or control characters, trimmed.

    >>> tidy(' １３８\u200b0000 ')
    '1380000'
    """
    plain = unicodedata.normalize("NFKC", text)
    return _CONTROL.sub("", _INVISIBLE.sub("", plain)).strip()


def has_control_characters(text: str) -> bool:
    """Whether a NUL or another control character hides in the text."""
    return bool(_CONTROL.search(text))
