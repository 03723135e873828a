"""A report as a form sends it, read into answers; whatever is unclear is asked back.

Nothing typed is lost: `typed` holds every field for the page that asks back. Used by the
person's own page and by whoever reports for somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lianfang.kernel.texts import tidy
from lianfang.places import divisions
from lianfang.places.divisions import UnknownDivision
from lianfang.places.search import places_named
from lianfang.reporting import typed as reading
from lianfang.reporting.rules import Answers, Limits, problems_of
from lianfang.reporting.typed import AskBack
from lianfang.rulebook.queries import Rules

LONGEST = 2000  # of one field on the page that asks back
WELL, WELL_UNMEASURED, UNWELL = "well", "well_unmeasured", "unwell"
SAME, OTHER = "same", "other"
NONE, SOME = "none", "some"

SITE_NAMES = {
    "axilla": _("armpit"),
    "forehead": _("forehead"),
    "ear": _("ear"),
    "oral": _("mouth"),
}
NOT_MEASURED_NAMES = {
    "NO_THERMOMETER": _("no thermometer"),
    "CANNOT_NOW": _("not possible just now"),
    "REFUSED": _("do not want to"),
}
PRESENCE_NAMES = {
    "ON_CAMPUS": _("on campus"),
    "AT_HOME": _("at home"),
    "INTERNSHIP": _("at an internship"),
    "VISITING": _("visiting family or friends"),
    "TRAVELLING": _("travelling"),
    "STRANDED": _("held up away from home"),
    "ABROAD": _("abroad"),
    "HOSPITAL": _("in hospital"),
    "QUARANTINE": _("in quarantine"),
    "OTHER": _("somewhere else"),
}
_TEXTS = (
    "how", "onset_on", "temperature", "site", "not_measured", "place", "place_text",
    "county_code", "presence", "contact", "visited", "visited_area", "left_on", "met", "met_on",
    "note",
)  # fmt: skip
_TICKS = ("met_case", "told_close_contact", "household_ill")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody was the last time."""

    county_code: str
    presence: str

    @property
    def in_words(self) -> str:
        """四川省达州市通川区 · 在家"""
        division = divisions.find(self.county_code)
        where = divisions.full_name(division.code) if division else ""
        stays = str(PRESENCE_NAMES.get(self.presence, ""))
        return " · ".join(part for part in (where, stays) if part)


@dataclass(slots=True)
class ReportForm:
    """The form: empty, or as somebody sent it with what has to be asked back."""

    typed: dict[str, str] = field(default_factory=lambda: dict.fromkeys(_TEXTS, ""))
    symptoms: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()  # places to choose from: code and name
    problems: dict[str, str] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)

    def ask(self, name: str, sentence: str) -> None:
        self.problems.setdefault(name, sentence)


def read_report(
    posted: QueryDict,
    *,
    day: date,
    before: Place | None,
    limits: Limits,
    known_symptoms: Iterable[str],
) -> ReportForm:
    """Read, and ask back everything at once; `answers` may be stored when nothing is asked.

    `before` is the place that the form offered as “same as last time”.
    """
    form = ReportForm(
        typed={name: _line(posted.get(name)) for name in _TEXTS},
        symptoms=tuple(dict.fromkeys(tidy(code)[:40] for code in posted.getlist("symptoms")[:60])),
    )
    form.typed |= {name: "1" for name in _TICKS if posted.get(name)}
    answers = _contacts(_whereabouts(_health(form, day), form, day, before), form, day)
    form.answers = replace(answers, note=tidy(form.typed["note"]), truth=bool(posted.get("truth")))
    if form.answers.unwell and form.answers.onset_on is None:
        form.ask("onset_on", gettext("Since which day?"))
    asked = problems_of(form.answers, day=day, limits=limits, known_symptoms=known_symptoms)
    for name, sentence in asked.items():
        form.ask(*_beside(form, name, gettext(sentence), before))
    form.problems = _in_order(form.problems)
    return form


def _line(value: str | None) -> str:
    return (value or "")[:LONGEST].replace("\x00", "")


def _asked(form: ReportForm, name: str, error: AskBack) -> None:
    form.ask(name, gettext(error.message) % error.context)


def _day(form: ReportForm, name: str, today: date) -> date | None:
    try:
        return reading.day(form.typed[name], today=today)
    except AskBack as error:
        _asked(form, name, error)
        return None


# ---------------------------------------------------------------- how are you


def _health(form: ReportForm, day: date) -> Answers:
    typed = form.typed
    how = typed["how"]
    try:
        degrees = reading.temperature(typed["temperature"])
    except AskBack as error:
        _asked(form, "temperature", error)
        degrees = None
    not_measured = "NO_THERMOMETER" if how == WELL_UNMEASURED else typed["not_measured"]
    return Answers(
        unwell={WELL: False, WELL_UNMEASURED: False, UNWELL: True}.get(how),
        symptoms=form.symptoms,
        onset_on=_day(form, "onset_on", day),
        temperature=degrees,
        site=typed["site"] if degrees is not None else "",
        not_measured=not_measured,
    )


# ---------------------------------------------------------------- where are you


def _whereabouts(answers: Answers, form: ReportForm, day: date, before: Place | None) -> Answers:
    """County and presence, from the last time or as typed."""
    if form.typed["place"] == SAME and before is not None:
        return replace(answers, county_code=before.county_code, presence=before.presence)
    abroad = form.typed["presence"] == "ABROAD"
    code = "" if abroad else _county(form, day)
    if code:
        form.typed |= {"place_text": divisions.full_name(code), "county_code": ""}
    return replace(answers, county_code=code, presence=form.typed["presence"])


def _county(form: ReportForm, day: date) -> str:
    """The county that was chosen or that the text means; "" when it has to be asked back."""
    text = form.typed["county_code"] or form.typed["place_text"]
    try:
        found = places_named(text, on=day)
    except UnknownDivision as error:
        form.typed["county_code"] = ""
        form.ask("county_code", gettext(error.message) % error.context)
        return ""
    if found.is_certain:
        return found.codes[0]
    form.choices = tuple((code, divisions.full_name(code)) for code in found.codes)
    if found.codes and not found.within:
        form.ask("county_code", gettext("There are several places of this name. Which one?"))
    elif found.codes:
        form.ask("county_code", gettext("Which county or district is it?"))
    elif found.within:
        name = divisions.full_name(found.within)
        form.ask(
            "county_code",
            gettext("Where in %(name)s? Please add the city and the county.") % {"name": name},
        )
    elif text.strip():
        form.ask(
            "county_code",
            gettext("We do not know this place. Write it like this: 达州市通川区."),
        )
    return ""


# ---------------------------------------------------------------- the last 14 days


def _contacts(answers: Answers, form: ReportForm, day: date) -> Answers:
    typed = form.typed
    ticks = {name: bool(typed.get(name)) for name in _TICKS}
    yes_no = {"yes": True, "no": False}
    visited, met = yes_no.get(typed["visited"]), yes_no.get(typed["met"])
    details = typed["visited_area"] or typed["left_on"] or typed["met_on"]
    if typed["contact"] == NONE:
        if visited or met or any(ticks.values()) or details:
            form.ask(
                "contact",
                gettext("You chose “none of these” and answered below. Which of the two is right?"),
            )
        visited = met = False
    elif typed["contact"] == SOME and visited is False and met is False and not any(ticks.values()):
        form.ask(
            "contact",
            gettext("You chose “yes, one of these”, but below every answer is no. Which is right?"),
        )
    return replace(
        answers,
        visited=visited,
        visited_area=tidy(typed["visited_area"])[:60] if visited else "",
        left_on=_day(form, "left_on", day) if visited else None,
        met=met,
        met_on=_day(form, "met_on", day) if met else None,
        met_case=ticks["met_case"],
        told_close_contact=ticks["told_close_contact"],
        household_ill=ticks["household_ill"],
    )


# ---------------------------------------------------------------- where a sentence stands

_ORDER = (
    "how", "symptoms", "onset_on", "temperature", "site", "place", "county_code", "presence",
    "contact", "visited", "visited_area", "left_on", "met", "met_on", "note", "truth",
)  # fmt: skip


def _beside(form: ReportForm, name: str, sentence: str, before: Place | None) -> tuple[str, str]:
    """The field beside which the page shows a sentence, and the sentence."""
    if name == "unwell":
        return "how", sentence
    if name in {"visited", "met"} and not form.typed["contact"]:
        return "contact", sentence
    if name in {"county_code", "presence"} and before and not _place_is_open(form):
        return "place", gettext("Please say where you are.")
    if name == "temperature" and not form.typed["how"]:
        return "how", gettext("Please say how you are today.")
    return name, sentence


def _place_is_open(form: ReportForm) -> bool:
    """Whether the fields of another place are on the page in front of the person."""
    typed = form.typed
    return typed["place"] == OTHER or any(
        typed[name] for name in ("place_text", "county_code", "presence")
    )


def _in_order(problems: Mapping[str, str]) -> dict[str, str]:
    known = {name: problems[name] for name in _ORDER if name in problems}
    return known | {name: text for name, text in problems.items() if name not in known}


# ---------------------------------------------------------------- what the page needs


def fields_of(
    form: ReportForm, *, day: date, rules: Rules, before: Place | None, last_site: str = ""
) -> dict[str, object]:
    """The context of components/report_fields.html."""
    lookback = timedelta(days=int(rules.settings["lookback_days"]))
    site = form.typed.get("site") or last_site
    return {
        "form": form,
        "typed": form.typed,
        "problems": form.problems,
        "before": before,
        "rules": rules,
        "site": site,
        "site_is_kept": site == last_site,
        "sites": SITE_NAMES.items(),
        "reasons": NOT_MEASURED_NAMES.items(),
        "presences": PRESENCE_NAMES.items(),
        "day_first": (day - lookback).isoformat(),
        "day_last": day.isoformat(),
        "place_is_open": before is None or _place_is_open(form),
    }
