"""Words for moments, numbers and shares. No query, no logic of the business."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.translation import get_language

from lianfang.kernel.clock import SHANGHAI

register = template.Library()
_DAYS_ZH = "一二三四五六日"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def day(value: date | datetime | None) -> str:
    """2月1日 周六 / Sat 1 Feb."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    if _english():
        return f"{_DAYS_EN[value.weekday()]} {value.day} {value:%b}"
    return f"{value.month}月{value.day}日 周{_DAYS_ZH[value.weekday()]}"


@register.filter
def hour(value: datetime | None) -> str:
    """13:05, in Shanghai."""
    return value.astimezone(SHANGHAI).strftime("%H:%M") if value else ""


@register.filter
def percent(value: float | None) -> str:
    """61%; a share of nobody is a dash. Never rounds an incomplete share up to 100."""
    if value is None:
        return "–"
    rounded = round(value * 100)
    return f"{99 if rounded == 100 and value < 1 else rounded}%"


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """`mapping.get(key)` for keys that are variables."""
    return mapping.get(key) if mapping else None
