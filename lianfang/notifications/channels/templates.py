"""Texts of the operator with places for a letter's values: {phone} {text} {reference} …

Filled in one pass and never evaluated: a value that contains {phone} stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lianfang.notifications.channels.base import Letter
from lianfang.notifications.channels.letters import phone_of, readable, text_of

DEFAULT_MAX_BYTES = 1500  # about 500 Chinese characters, the longest SMS that gateways take

PLACES: Mapping[str, Callable[[Letter, int], str]] = {
    "phone": lambda letter, _size: phone_of(letter).e164,
    "national": lambda letter, _size: phone_of(letter).national,
    "text": lambda letter, size: text_of(letter, max_bytes=size),
    "subject": lambda letter, _size: letter.subject,
    "body": lambda letter, _size: readable(letter.body).strip(),
    "link": lambda letter, _size: letter.link or "",
    "reference": lambda letter, _size: letter.reference,
    "language": lambda letter, _size: letter.language,
}
_PLACE = re.compile(r"\{([A-Za-z_]*)\}")


def unknown_places(template: object) -> list[str]:
    """The {places} in a template, nested or not, that no letter can fill."""
    if isinstance(template, str):
        return [name for name in _PLACE.findall(template) if name not in PLACES]
    if isinstance(template, Mapping):
        return [name for value in template.values() for name in unknown_places(value)]
    if isinstance(template, (list, tuple)):
        return [name for value in template for name in unknown_places(value)]
    return []


def fill_in(template: str, letter: Letter, *, max_bytes: int = DEFAULT_MAX_BYTES) -> str:
    return _PLACE.sub(lambda found: PLACES[found[1]](letter, max_bytes), template)


def fill_in_all(template: Any, letter: Letter, *, max_bytes: int) -> Any:
    """The same for every text inside nested tables and lists; other values stay."""
    if isinstance(template, str):
        return fill_in(template, letter, max_bytes=max_bytes)
    if isinstance(template, Mapping):
        return {k: fill_in_all(v, letter, max_bytes=max_bytes) for k, v in template.items()}
    if isinstance(template, (list, tuple)):
        return [fill_in_all(value, letter, max_bytes=max_bytes) for value in template]
    return template
