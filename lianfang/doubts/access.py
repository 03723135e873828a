"""Who reads a question. Deny by default, and no post of supervision or appraisal is among them.

A question about help goes to the heads of a unit. A contradiction goes to those who care for
the person: they see health answers of people with something to follow up.
"""

from __future__ import annotations

from lianfang.doubts import queries
from lianfang.doubts.models import Contradiction, Question
from lianfang.kernel.refusals import NotYours
from lianfang.roster.access import View
from lianfang.roster.models import Post


def asked_units(sight: View) -> frozenset[int]:
    """Units of whose people this viewer is asked as their head."""
    return sight.units_of((Post.Role.RESPONSIBLE_HEAD,))


def caring_units(sight: View) -> frozenset[int]:
    return sight.event_units


def question(pk: int, *, sight: View) -> Question:
    """Raises `NotYours`. Nobody answers a question in which they are named themselves."""
    found = Question.objects.filter(pk=pk).select_related("unit").first()
    if found is None or found.unit_id not in asked_units(sight):
        raise NotYours
    if sight.person is None or found.people.filter(person=sight.person).exists():
        raise NotYours
    return found


def contradiction(pk: int, *, sight: View) -> Contradiction:
    """Raises `NotYours`, also for one's own."""
    found = Contradiction.objects.filter(pk=pk).select_related("unit", "person").first()
    if found is None or found.unit_id not in caring_units(sight):
        raise NotYours
    if sight.person is None or found.person_id == sight.person.pk:
        raise NotYours
    return found


def may_open(sight: View) -> bool:
    """Whether any page of questions is theirs; an operator without a person reads none."""
    return sight.person is not None and bool(asked_units(sight) or caring_units(sight))


def waiting(sight: View) -> int:
    """How many questions and contradictions wait for this viewer."""
    return (
        queries.questions_of(asked_units(sight), waiting=True).count()
        + queries.contradictions_of(caring_units(sight), waiting=True).count()
    )
