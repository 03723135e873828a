"""How the people of the demonstration act: by whom, as whom, when."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from lianfang.demo.people import Cast
from lianfang.kernel.actors import Actor
from lianfang.kernel.clock import at_local, reporting_day
from lianfang.roster.models import Person, Post


def actor_of(person: Person) -> Actor:
    return Actor("PERSON", person.pk, person.name)


def done_by(person: Person, now: datetime) -> dict[str, Any]:
    """What the verbs of the product ask for beside their matter."""
    return {"by": person, "actor": actor_of(person), "now": now}


def yesterday(now: datetime, hour: int, minute: int = 0) -> datetime:
    return at_local(reporting_day(now) - timedelta(days=1), time(hour, minute))


def second_leader(cast: Cast) -> Person:
    posts = Post.objects.filter(unit=cast.tree.committee, role=Post.Role.LEADER)
    return posts.exclude(person=cast.roles["leader"]).select_related("person")[0].person
