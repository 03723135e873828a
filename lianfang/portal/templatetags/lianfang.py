"""Words for moments, numbers and shares. No query, no logic of the business."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.days import day_in_words
from lianfang.roster.models import Post

register = template.Library()
_SOON = timedelta(hours=1)
_STAMP = re.compile(r"\b20\d\d-\d\d-\d\d\b")


def _english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def day(value: date | datetime | None) -> str:
    """2月1日 周六 / Sat 1 Feb."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return day_in_words(value, language=get_language())


@register.filter
def hour(value: datetime | None) -> str:
    """13:05, in Shanghai."""
    return value.astimezone(SHANGHAI).strftime("%H:%M") if value else ""


@register.filter
def when(value: datetime | None) -> str:
    """2月1日 周六 13:05."""
    return f"{day(value)} {hour(value)}" if value else ""


@register.filter
def until(start: datetime, end: datetime) -> str:
    """2月1日 周六 08:00–20:00: the day is said again only where it is another one."""
    later = end.astimezone(SHANGHAI).date() != start.astimezone(SHANGHAI).date()
    return f"{when(start)} – {when(end)}" if later else f"{when(start)}–{hour(end)}"


@register.filter
def month(value: date) -> str:
    """2020年2月 / Feb 2020."""
    return f"{value:%b %Y}" if _english() else f"{value.year}年{value.month}月"


@register.filter
def readable(words: str) -> str:
    """The stamps of a sheet as a page says them: 2020-02-01 13:05 becomes 2月1日 周六 13:05."""
    return _STAMP.sub(lambda found: day(date.fromisoformat(found[0])), str(words))


@register.filter
def percent(value: float | None) -> str:
    """61%; a share of nobody is a dash. Never rounds an incomplete share up to 100."""
    if value is None:
        return "–"
    rounded = round(value * 100)
    return f"{99 if rounded == 100 and value < 1 else rounded}%"


@register.filter
def share(value: float | None) -> str:
    """The same as a length for an SVG attribute: 61.25%; nothing known has no length."""
    return f"{value * 100:.2f}%" if value else "0"


def _span(minutes: int) -> str:
    if minutes < 60:
        return _("{m} min").replace("{m}", str(minutes))
    text = _("{h} h {m} min").replace("{h}", str(minutes // 60))
    return text.replace("{m}", str(minutes % 60))


@register.filter
def countdown(due: datetime | None, now: datetime) -> str:
    """13:00 截止,还有 42 分钟 / 13:00 截止,已过 12 分钟. A clock counts to a named moment.

    A moment of another day is named with its day: at 09:40, “due 09:14” would be read as over.
    """
    if due is None:
        return ""
    minutes = int(abs(due - now).total_seconds() // 60)
    text = _("due {at}, {span} left") if due >= now else _("was due {at}, {span} ago")
    is_today = due.astimezone(SHANGHAI).date() == now.astimezone(SHANGHAI).date()
    at = hour(due) if is_today else when(due)
    return text.replace("{at}", at).replace("{span}", _span(minutes))


@register.filter
def pressure(due: datetime | None, now: datetime) -> str:
    """The class of a clock: `now` when it has run out, `today` in its last hour."""
    if due is None:
        return ""
    if due < now:
        return "now"
    return "today" if due - now < _SOON else ""


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """`mapping.get(key)` for keys that are variables."""
    return mapping.get(key) if mapping else None


@register.filter
def anchor(field: str) -> str:
    """Where on the page the sentence beside a field stands."""
    return f"problem_{field}"


@register.filter(name="is")
def is_(value: Any, other: Any) -> bool:
    """Whether two texts are the same: `typed.how|is:"well"`."""
    return str(value or "") == str(other)


@register.filter
def within(value: Any, many: Any) -> bool:
    return value in (many or ())


# Posts of a ladder that stand for whoever of several there is.
_EITHER = {
    "CARER": gettext_lazy("counselor or liaison"),
    "ANSWERABLE": gettext_lazy("whoever answers for it"),
}

_CHANNELS = {
    "sms": gettext_lazy("text message"),
    "voice": gettext_lazy("phone call by machine"),
    "email": gettext_lazy("e-mail"),
}


@register.filter
def role(code: str) -> str:
    """The post of a rung in words."""
    if code in _EITHER:
        return str(_EITHER[code])
    return str(Post.Role(code).label) if code in Post.Role.values else code


@register.filter
def channel(name: str) -> str:
    """The way of a letter in words; a gateway that somebody named is called by its name."""
    return str(_CHANNELS.get(name, name))


@register.filter
def phone(value: str) -> str:
    """142 0000 0001: a Chinese mobile number in the groups in which people read it."""
    local = value.removeprefix("+86")
    if len(local) == 11 and local.isdecimal() and local.startswith("1"):
        return f"{local[:3]} {local[3:7]} {local[7:]}"
    return value


@register.filter
def numbers(value: str) -> list[str]:
    """The numbers in what a list prints as a phone: 0818-2112345、2112346."""
    return [part for part in re.split(r"[、,,;;/\s]+", value) if any(c.isdigit() for c in part)]
