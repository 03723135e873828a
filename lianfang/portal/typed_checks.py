"""What is typed about a check of an order, on the phone of the person or at a desk."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from lianfang.kernel.texts import tidy
from lianfang.usecases.quarantine_checks import Look


def again(data: QueryDict | dict[str, str]) -> dict[str, Any]:
    """What was typed, to be shown again: a field that is not there is an empty text."""
    typed: dict[str, Any] = {name: str(data.get(name, "")) for name in data}
    if isinstance(data, QueryDict):
        typed["symptoms"] = tuple(data.getlist("symptoms"))
    return defaultdict(str, typed)


def day_of(text: str) -> date | None:
    """`2020-02-01`; anything else is no day."""
    try:
        return date.fromisoformat(tidy(text))
    except ValueError:
        return None


def heat_of(text: str) -> Decimal | None:
    """`36,5` is a temperature too; what is no number is none."""
    plain = tidy(text).replace(",", ".").replace("。", ".")
    try:
        heat = Decimal(plain)
    except InvalidOperation:
        return None
    return heat.quantize(Decimal("0.1")) if heat.is_finite() and abs(heat) < 1000 else None


def look_of(data: QueryDict, *, today: date, slot: str) -> Look:
    """`unwell` and `kept` stay None where nothing was chosen: they are asked back."""
    return Look(
        day=day_of(data.get("day", "")) or today,
        slot=data.get("slot", "") or slot,
        temperature=heat_of(data.get("temperature", "")),
        site=data.get("site", "") or "axilla",
        unwell={"well": False, "unwell": True}.get(data.get("how", "")),
        symptoms=tuple(data.getlist("symptoms"))[:20],
        kept={"yes": True, "no": False}.get(data.get("kept", "")),
        note=tidy(data.get("note", ""))[:500],
    )
