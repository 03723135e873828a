"""Three floors of a house and the people in them, for the stories about many ill at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from lianfang.clusters.models import Alert, AlertPerson
from lianfang.reporting import operations as reporting
from lianfang.reporting.models import DailyReport
from lianfang.usecases import cluster_detection
from tests.cast import FEVER, FINE, College

VOMITS = replace(FINE, unwell=True, symptoms=("vomiting",), onset_on=date(2020, 2, 1))


def house(*, classes: int = 4, room: str = "301") -> College:
    """A college with `classes` classes of five; the first student of each sleeps in one room."""
    college = College.found()
    for number in range(2, classes + 2):
        name = f"网络{number}班"
        college.open_unit(name, "CLASS", "网络专业", answers_to="信息系党总支")
        for seat in range(1, 6):
            college.enrol(f"{number}班{seat}号", name)
            own = room if seat == 1 else f"{number}{seat:02}"
            college.lodge(**{f"{number}班{seat}号": own})
    college.appoint("辅导员", "网络2班", "COUNSELOR")
    reporting.count_day(day=college.today, now=college.now)
    cluster_detection.ensure_day(day=college.today, now=college.now)
    return college


def falls_ill(college: College, name: str, **answers: Any) -> DailyReport:
    """A report with fever and cough, counted as the workers would."""
    report = college.report(name, replace(FEVER, onset_on=college.today, **answers))
    college.work()
    return report


def the_alert() -> Alert:
    return Alert.objects.get()


def names_in(alert: Alert) -> set[str]:
    rows = AlertPerson.objects.filter(alert=alert, sign__withdrawn_at__isnull=True)
    return set(rows.values_list("person__name", flat=True))


def circles(alert: Alert) -> set[tuple[str, str]]:
    return set(alert.groups.values_list("kind", "code"))


def rules_of(alert: Alert) -> set[str]:
    return set(alert.rules.values_list("code", flat=True))
