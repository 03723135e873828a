"""What every router shares: what an operation may answer, and how a list is cut."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from ninja import Header, Query

from lianfang.api.problems import PROBLEM_STATUSES, Problem
from lianfang.api.schemas import Day
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.usecases.summaries import FIRST_DAY

MOST_AT_ONCE = 200

Limit = Annotated[int, Query(ge=1, le=MOST_AT_ONCE)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
DayAsked = Annotated[Day | None, Query(description="Today in Shanghai if not given.")]
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The same key with the same body gives the same answer and one report.",
    ),
]


def answers(status: int, schema: Any) -> dict[Any, Any]:
    """The own answer of an operation, and the one shape of every refusal."""
    return {status: schema, PROBLEM_STATUSES: Problem}


def day_asked(day: date | None, *, today: date) -> date:
    """A day of the past or today; another one has no figures. Raises `Invalid`."""
    day = day or today
    if not FIRST_DAY <= day <= today:
        raise Invalid({"day": _("This day lies in the future, or too far back.")})
    return day
