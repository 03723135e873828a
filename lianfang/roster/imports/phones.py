"""A cell with a phone, in the one form in which phones are stored. Pure."""

from __future__ import annotations

import re

import phonenumbers

from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.roster.imports import values
from lianfang.roster.imports.problems import Wrong
from lianfang.roster.imports.sheets import Cell

_MOBILE = re.compile(r"\A1[3-9]\d{9}\Z")
_NOISE = re.compile(r"[\s\-‐‑–—－().（）]")


def phone(cell: Cell) -> str:
    """A phone in E.164 form (+86…), empty for none.

    The plan of numbers changes faster than any library: eleven digits that begin with 13
    to 19 are taken as they are, everything else is asked of phonenumbers.
    """
    if isinstance(cell, float) and not cell.is_integer():
        raise Wrong(_("This is a fraction, not a phone number."), values.AS_TEXT)
    given = tidy(values.text(cell))
    if given in {"", "-", "/", "无", "没有", "暂无"}:
        return ""
    if values.SCIENTIFIC.match(given):
        raise Wrong(
            _("Excel has written this number in powers of ten: digits are lost."), values.AS_TEXT
        )
    plain = _NOISE.sub("", re.sub(r"\A(\d{11})\.0\Z", r"\1", given))
    if re.search(r"[/,;、，；]", plain):
        raise Wrong(
            _("There are several numbers in one cell."), _("Keep the one on which people answer.")
        )
    if not re.fullmatch(r"\+?\d+", plain):
        raise Wrong(
            _("A phone number has digits only."), _("Write eleven digits, such as 14226501564.")
        )
    mobile = re.sub(r"\A(\+86|0086|86(?=1\d{10}\Z))", "", plain)
    if _MOBILE.match(mobile):
        return f"+86{mobile}"
    return _other_phone(plain, mobile)


def _other_phone(plain: str, national: str) -> str:
    """A landline with its area code, or a number from abroad with its +."""
    if plain.startswith(("+", "0")):
        try:
            parsed = phonenumbers.parse(plain, "CN")
        except phonenumbers.NumberParseException:
            parsed = None
        if parsed and phonenumbers.is_valid_number(parsed):
            return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    raise Wrong(
        _("These %(digits)s digits are no phone number."),
        _(
            "A mobile number has eleven digits and begins with 13 to 19; a landline needs its "
            "area code, a number from abroad its +."
        ),
        digits=len(national.lstrip("+")),
    )
