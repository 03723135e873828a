"""A report's answers as sentences for somebody who may read them. Shown only after a logged look."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lianfang.places import divisions
from lianfang.portal.templatetags.lianfang import day as day_in_words
from lianfang.reporting.forms import NOT_MEASURED_NAMES, PRESENCE_NAMES, SITE_NAMES
from lianfang.reporting.models import DailyReport
from lianfang.reporting.rules import Answers
from lianfang.rulebook.queries import Rules

Line = tuple[str, str]


def lines_of(report: DailyReport, rules: Rules) -> list[Line]:
    """(label, words) in the order of the form; what was not asked is left out."""
    answers = Answers.from_plain(report.answers)
    return [
        *_health(answers, rules),
        (_("Where"), place_in_words(answers.county_code)),
        (_("Staying"), str(PRESENCE_NAMES.get(answers.presence, answers.presence))),
        *_contact(answers),
        *([(_("Note"), answers.note)] if answers.note else []),
    ]


def _health(answers: Answers, rules: Rules) -> list[Line]:
    lines = [(_("Today"), _("not well") if answers.unwell else _("well"))]
    if answers.symptoms:
        names = [rules.symptom_name(code) for code in answers.symptoms]
        lines.append((_("Symptoms"), " · ".join(names)))
    if answers.onset_on:
        lines.append((_("Since"), day_in_words(answers.onset_on)))
    if answers.temperature is not None:
        site = str(SITE_NAMES.get(answers.site, ""))
        lines.append((_("Temperature"), f"{answers.temperature} ℃ {site}"))
    elif answers.not_measured:
        reason = NOT_MEASURED_NAMES.get(answers.not_measured, "")
        lines.append((_("Temperature"), _("not measured: %(reason)s") % {"reason": reason}))
    return lines


def _contact(answers: Answers) -> list[Line]:
    lines = [(_("High-incidence area, 14 days"), _("yes") if answers.visited else _("no"))]
    if answers.visited_area:
        area = answers.visited_area
        name = divisions.full_name(area) if divisions.is_known(area) else area
        lines.append((_("Which area"), name))
    if answers.left_on:
        lines.append((_("Left on"), day_in_words(answers.left_on)))
    met = _("yes") if answers.met else _("no")
    lines.append((_("Contact with somebody from there, 14 days"), met))
    if answers.met_on:
        lines.append((_("Last contact"), day_in_words(answers.met_on)))
    for holds, words in (
        (answers.met_case, _("met a confirmed or suspected case")),
        (answers.told_close_contact, _("was told to be a close contact")),
        (answers.household_ill, _("somebody in the household has a fever or cough")),
    ):
        if holds:
            lines.append((_("Also"), words))
    return lines


def place_in_words(code: str) -> str:
    return divisions.full_name(code, separator=" ") if divisions.is_known(code) else code
