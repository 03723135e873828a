"""Format F: the rounds of the classes (晨午晚检汇总), today and the last three days.

The columns are those of the school forms of 2020. A class in which nobody was looked at is
unknown, never a row of zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from django.utils.translation import pgettext

from lianfang.clusters.models import Alert
from lianfang.monitoring.models import RoundPlan
from lianfang.monitoring.rounds import DayOfClass, found_in
from lianfang.roster import queries as roster
from lianfang.roster.models import Unit
from lianfang.roster.queries import held_on
from lianfang.usecases import summary_words as words
from lianfang.usecases.summary_tables import Cell, Faint, Table

_DAYS: Final = 3
# Column of the form → symptoms of the rulebook. 腮腺肿大 is not on the list of symptoms.
_SYMPTOMS: Final[dict[str, tuple[str, ...]]] = {
    "fever": ("fever",),
    "rash": ("rash",),
    "diarrhoea": ("diarrhoea",),
    "vomiting": ("vomiting",),
    "jaundice": ("jaundice",),
    "conjunctivitis": ("conjunctivitis",),
    "cough": ("dry_cough", "sputum"),
}
_SEVERE: Final = "dyspnoea"


def rounds_table(unit: Unit, day: date, facts: list[tuple[str, str]]) -> Table:
    """One row per class below the unit that takes rounds or was looked at in these days."""
    below = roster.subtree_ids(unit, day=day)
    since = day - timedelta(days=_DAYS - 1)
    found = found_in(below, since=since, until=day)
    planned = RoundPlan.objects.filter(held_on(day), unit_id__in=below).values_list(
        "unit_id", flat=True
    )
    shown = Unit.objects.filter(pk__in={*planned, *(pk for pk, _day in found)})
    classes = list(shown.order_by("position", "code"))
    heads = roster.head_count(day=day)
    days = [since + timedelta(days=n) for n in range(_DAYS)]
    rows = [
        _row(one, heads.get(one.pk, 0), [found.get((one.pk, when)) for when in days])
        for one in classes
    ]
    symptoms = [*_names(), pgettext("summary", "Other")]
    return Table(
        tab=str(words.TABS["F"]),
        title=str(words.TITLES["F"]),
        facts=[*facts, *_yes_or_no(below, found, day)],
        groups=[
            ("", 5),
            (pgettext("summary", "Today"), len(symptoms)),
            (pgettext("summary", "Last three days"), len(symptoms)),
        ],
        columns=[
            pgettext("summary", "Class"),
            pgettext("summary", "People in the class"),
            pgettext("summary", "Looked at"),
            pgettext("summary", "There"),
            pgettext("summary", "Absent because ill"),
            *symptoms,
            *symptoms,
        ],
        rows=rows,
        notes=[
            pgettext("summary", "A person counts once in a column, however often looked at."),
            pgettext("summary", "Swelling of the parotid gland is not asked for; it stands under “Other”."),
        ],
    )  # fmt: skip


def _names() -> list[str]:
    return [
        pgettext("summary", "Fever"),
        pgettext("summary", "Rash"),
        pgettext("summary", "Diarrhoea"),
        pgettext("summary", "Vomiting"),
        pgettext("summary", "Jaundice"),
        pgettext("summary", "Red eyes"),
        pgettext("summary", "Cough"),
    ]


def _row(unit: Unit, people: int, days: Sequence[DayOfClass | None]) -> list[Cell]:
    today = days[-1]
    known: list[Cell] = (
        [today.looked_at, today.present, today.absent_ill]
        if today is not None
        else [0, Faint(words.UNKNOWN), Faint(words.UNKNOWN)]
    )
    return [unit.name, people, *known, *_ill([today]), *_ill(days)]


def _ill(days: Sequence[DayOfClass | None]) -> list[Cell]:
    """People with each symptom in these days; unknown where nobody looked on any of them."""
    looked = [one for one in days if one is not None]
    if not looked:
        return [Faint(words.UNKNOWN)] * (len(_SYMPTOMS) + 1)
    named = {code for codes in _SYMPTOMS.values() for code in codes}
    every = {code for one in looked for code in one.by_symptom}
    columns = [*_SYMPTOMS.values(), tuple(sorted(every - named))]
    return [
        len({p for one in looked for code in codes for p in one.by_symptom.get(code, ())})
        for codes in columns
    ]


def _yes_or_no(
    below: Sequence[int], found: dict[tuple[int, date], DayOfClass], day: date
) -> list[tuple[str, str]]:
    """The lines at the foot of the form; what the college cannot know stays to be written in."""
    today = [one for (_unit, when), one in found.items() if when == day]
    severe = any(one.by_symptom.get(_SEVERE) for one in today)
    group = Alert.objects.exclude(stage=Alert.Stage.CLOSED).filter(
        people__sign__unit_id__in=list(below), people__sign__withdrawn_at__isnull=True
    )
    yes, no, unknown = str(words.YES), str(words.NO), str(words.UNKNOWN)
    return [
        (pgettext("summary", "Anybody short of breath"), (yes if severe else no) if today else unknown),
        (pgettext("summary", "Many ill at once, an alert is open"), yes if group.exists() else no),
    ]  # fmt: skip
