"""A request body, read strictly: JSON as the standard has it, an object, shallow, and plain text.

What is no JSON is refused with 400; JSON that no field can take with 422, naming the place.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja.parser import Parser

from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import has_control_characters

MOST_DEPTH = 8
_MOST_DIGITS = 400  # longer numbers are not read at all
_NUMBER_AS_TEXT = 40


class NotJson(Refused):
    code = "api.not-json"
    message = _("The body is not a JSON object in UTF-8: %(why)s")
    status = 400


class _NotFinite:
    """Stands for NaN, Infinity or a number too large to be one, until its place is known."""


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return read_object(request.body)


def read_object(body: bytes) -> dict[str, Any]:
    """Raises `NotJson`, and `Invalid` with the path of every value that cannot be taken."""
    try:
        text = body.decode("utf-8-sig")
        if not text.lstrip().startswith("{"):
            raise NotJson(why=gettext("not an object"))
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=lambda _text: _NotFinite(),
            parse_float=_decimal,
            parse_int=_integer,
        )
    except UnicodeDecodeError as error:
        raise NotJson(why=gettext("not UTF-8")) from error
    except RecursionError as error:
        raise Invalid({"body": _("Nested too deeply.")}) from error
    except ValueError as error:
        raise NotJson(why=str(error)[:120]) from error
    problems = {path or "body": sentence for path, sentence in _faults(value) if sentence}
    if problems:
        raise Invalid(problems)
    return dict(value)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice would be read differently by the next program."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(gettext("a name stands twice in one object"))
    return found


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError(gettext("a number of too many digits"))
    return int(text)


def _decimal(text: str) -> Decimal | _NotFinite:
    if len(text) > _NUMBER_AS_TEXT or not math.isfinite(float(text)):
        return _NotFinite()
    return Decimal(text)


def _faults(value: Any) -> Iterator[tuple[str, str]]:
    """Path and sentence of each value that no field can take; without recursion."""
    waiting: list[tuple[str, Any, int]] = [("", value, 1)]
    while waiting:
        path, value, depth = waiting.pop()
        if depth > MOST_DEPTH:
            yield path, _("Nested too deeply.")
        elif isinstance(value, dict):
            for name, inner in value.items():
                fault = _fault_of_text(name)
                yield path, fault
                if not fault:
                    waiting.append((f"{path}.{name[:40]}".lstrip("."), inner, depth + 1))
        elif isinstance(value, list):
            waiting += [(f"{path}.{n}", inner, depth + 1) for n, inner in enumerate(value)]
        elif isinstance(value, str):
            yield path, _fault_of_text(value)
        elif isinstance(value, _NotFinite):
            yield path, _("This is not a number that can be used.")


def _fault_of_text(text: str) -> str:
    if has_control_characters(text):
        return _("A control character stands in this text.")
    try:
        text.encode()
    except UnicodeEncodeError:
        return _("This text is not complete: half of a character is missing.")
    return ""
