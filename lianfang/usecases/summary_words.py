"""The official columns of the summaries, in their order, with what this release knows of each.

The words are official: the Chinese of the catalogue is what the forms of 2020 print. A
column whose name is None is not asked for yet: it stays, and shows a dash, never a zero.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import pgettext_lazy

from lianfang.reporting.summaries import STAFF, STUDENTS


class Column(NamedTuple):
    label: Any  # lazy text
    name: str | None


class Group(NamedTuple):
    label: Any
    columns: tuple[Column, ...]


UNIT = pgettext_lazy("summary", "Unit / class")
NUMBER = pgettext_lazy("summary", "No.")
CATEGORY = pgettext_lazy("summary", "Category")
ZERO_REPORT = pgettext_lazy("summary", "Zero report (yes/no)")
REMARK = pgettext_lazy("summary", "Remarks")

BASE = Group(
    pgettext_lazy("summary", "Base numbers"),
    (
        Column(pgettext_lazy("summary", "On the roll (to report)"), "expected"),
        Column(pgettext_lazy("summary", "Reported"), "received"),
        Column(pgettext_lazy("summary", "Not reported"), "missing"),
        Column(pgettext_lazy("summary", "of these unreachable"), "unreachable"),
        Column(pgettext_lazy("summary", "By proxy"), "proxy"),
    ),
)
INDICATOR_GROUPS = (
    Group(
        pgettext_lazy("summary", "Whereabouts"),
        (
            Column(pgettext_lazy("summary", "On campus"), "on_campus"),
            Column(pgettext_lazy("summary", "In this city (county)"), "in_city"),
            Column(pgettext_lazy("summary", "Elsewhere in the province"), "in_province"),
            Column(pgettext_lazy("summary", "Other provinces (not Hubei)"), "other_province"),
            Column(pgettext_lazy("summary", "Hubei (without Wuhan)"), "hubei"),
            Column(pgettext_lazy("summary", "Wuhan"), "wuhan"),
            Column(pgettext_lazy("summary", "Abroad"), "abroad"),
            Column(pgettext_lazy("summary", "Travelling"), "travelling"),
        ),
    ),
    Group(
        pgettext_lazy("summary", "Epidemiology"),
        (
            Column(pgettext_lazy("summary", "In Wuhan within 14 days"), "visited_wuhan"),
            Column(
                pgettext_lazy("summary", "In Hubei (other key areas) within 14 days"),
                "visited_other",
            ),
            Column(pgettext_lazy("summary", "Passed through"), None),
            Column(pgettext_lazy("summary", "Met people from key areas"), "met_from_area"),
            Column(pgettext_lazy("summary", "Met a suspected or confirmed case"), "met_case"),
            Column(pgettext_lazy("summary", "Judged a close contact"), "close_contact"),
        ),
    ),
    Group(
        pgettext_lazy("summary", "Health"),
        (
            Column(pgettext_lazy("summary", "Fever (≥37.3℃)"), "fever"),
            Column(pgettext_lazy("summary", "Dry cough"), "dry_cough"),
            Column(pgettext_lazy("summary", "Fatigue"), "fatigue"),
            Column(pgettext_lazy("summary", "Other symptoms"), "other_symptoms"),
            Column(pgettext_lazy("summary", "Saw a doctor"), "saw_doctor"),
            Column(pgettext_lazy("summary", "In hospital"), "hospital"),
        ),
    ),
    Group(
        pgettext_lazy("summary", "Diagnosis"),
        (
            Column(pgettext_lazy("summary", "Suspected"), "suspected"),
            Column(pgettext_lazy("summary", "Confirmed"), "confirmed"),
            Column(pgettext_lazy("summary", "Asymptomatic infection"), "asymptomatic"),
            Column(pgettext_lazy("summary", "Cured"), "cured"),
            Column(pgettext_lazy("summary", "Died"), "died"),
        ),
    ),
    Group(
        pgettext_lazy("summary", "Measures"),
        (
            Column(pgettext_lazy("summary", "Isolated at home"), None),
            Column(pgettext_lazy("summary", "In central quarantine"), "quarantine"),
            Column(pgettext_lazy("summary", "Observed on campus"), None),
            Column(pgettext_lazy("summary", "Under key monitoring"), "monitored"),
            Column(pgettext_lazy("summary", "New today"), "monitored_new"),
            Column(pgettext_lazy("summary", "Released today"), "monitored_released"),
            Column(pgettext_lazy("summary", "Released in all"), "monitored_all"),
        ),
    ),
    Group(
        pgettext_lazy("summary", "Return to campus"),
        (
            Column(pgettext_lazy("summary", "Early return asked, not approved"), None),
            Column(pgettext_lazy("summary", "Returned without approval"), None),
            Column(pgettext_lazy("summary", "Approved today"), None),
        ),
    ),
)
CONCLUSION = pgettext_lazy("summary", "Conclusion")

# What two days are compared by.
COMPARED = (
    Column(pgettext_lazy("summary", "On the roll (to report)"), "expected"),
    Column(pgettext_lazy("summary", "Reported"), "received"),
    Column(pgettext_lazy("summary", "Not reported"), "missing"),
    Column(pgettext_lazy("summary", "Fever (≥37.3℃)"), "fever"),
    Column(pgettext_lazy("summary", "Dry cough"), "dry_cough"),
    Column(pgettext_lazy("summary", "Fatigue"), "fatigue"),
    Column(pgettext_lazy("summary", "Hubei (without Wuhan)"), "hubei"),
    Column(pgettext_lazy("summary", "Wuhan"), "wuhan"),
    Column(pgettext_lazy("summary", "Judged a close contact"), "close_contact"),
)

COMPARED_BY = (
    pgettext_lazy("summary", "Today"),
    pgettext_lazy("summary", "Yesterday"),
    pgettext_lazy("summary", "Change"),
)

CATEGORIES = {
    STUDENTS: pgettext_lazy("summary", "Students"),
    STAFF: pgettext_lazy("summary", "Staff"),
    "CONTRACTOR": pgettext_lazy("summary", "Contractors"),
    "RETIRED": pgettext_lazy("summary", "Retired"),
    "OTHER": pgettext_lazy("summary", "Others"),
}
LINES = {
    STUDENTS: pgettext_lazy("summary", "Students (student affairs)"),
    STAFF: pgettext_lazy("summary", "Staff (personnel)"),
}

TITLES = {
    "A": pgettext_lazy("summary", "Daily health summary of the unit (general Party branch)"),
    "B": pgettext_lazy("summary", "Daily summary of the college"),
    "E": pgettext_lazy("summary", "Missing and late reports"),
    "F": pgettext_lazy("summary", "Rounds of the classes (morning, noon, evening)"),
    "H": pgettext_lazy("summary", "Text for the group or the phone"),
}
TABS = {
    "A": pgettext_lazy("summary", "Unit"),
    "B": pgettext_lazy("summary", "College"),
    "COMPARED": pgettext_lazy("summary", "Against yesterday"),
    "UNSIGNED": pgettext_lazy("summary", "Not signed"),
    "E": pgettext_lazy("summary", "Missing and late"),
    "F": pgettext_lazy("summary", "Rounds"),
}
NOT_SIGNED = pgettext_lazy("summary", "not signed")
UNKNOWN = pgettext_lazy("summary", "unknown")
AT_LEAST = pgettext_lazy("summary", "unknown (at least %(number)s)")
YES = pgettext_lazy("summary", "yes")
NO = pgettext_lazy("summary", "no")
NOT_KEPT = "—"
