"""What people type on the pages of early warning, made clean: sentences beside the fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from lianfang.desk.frame import say_refusal
from lianfang.kernel.clock import SHANGHAI
from lianfang.kernel.refusals import Invalid, Refused
from lianfang.kernel.texts import gettext_noop, prose, tidy


def text_of(data: QueryDict, name: str = "text") -> str:
    """Several lines of words; longer ones are cut where the page says so."""
    return "\n".join(prose(line) for line in data.get(name, "").splitlines()).strip()[:4000]


def moment_of(data: QueryDict, *, now: datetime) -> datetime:
    """`told_on` and `told_time`; both empty is this moment. Raises `Invalid`."""
    on, at = data.get("told_on", "").strip(), data.get("told_time", "").strip()
    if not on and not at:
        return now
    try:
        moment = datetime.fromisoformat(f"{on}T{at}")
        if moment.tzinfo is not None:
            raise ValueError
    except ValueError:
        raise Invalid(
            {"told_at": gettext_noop("A day and a time, please, such as 2020-02-01 and 14:05.")}
        ) from None
    said = moment.replace(tzinfo=SHANGHAI)
    # The page knows minutes: told in this very minute is not the future.
    return min(said, now) if said.replace(second=0) <= now else said


def day_of(data: QueryDict, name: str) -> date | None:
    """None for nothing; raises `Invalid` for what is no day."""
    text = data.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid({name: gettext_noop("A day, please, such as 2020-02-01.")}) from None


def temperature_of(data: QueryDict) -> float | None:
    text = tidy(data.get("temperature", "")).replace(",", ".")
    if not text:
        return None
    try:
        heat = float(text)
    except ValueError:
        heat = 0.0
    if not 34.0 <= heat <= 42.9:
        raise Invalid(
            {
                "temperature": gettext_noop(
                    "A temperature lies between 34.0 and 42.9. Please look again."
                )
            }
        )
    return heat


def tried(request: HttpRequest, act: Callable[[], object]) -> dict[str, str] | None:
    """Do it. None when it was done, else the sentences beside the fields; a refusal stands on top."""
    try:
        act()
    except Invalid as refusal:
        return {name: _(text) for name, text in refusal.problems.items()}
    except Refused as refusal:
        say_refusal(request, refusal)
        return {}
    return None
