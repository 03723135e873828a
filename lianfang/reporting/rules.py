"""The arithmetic of daily reports. Pure: no Django, no tables.

Terms (docs/glossary.md): expected = everybody on the roll of the day; received = zero +
with events; missing = expected - received - exempt. Silence is never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lianfang.kernel.texts import gettext_noop as _

SITES = ("axilla", "forehead", "ear", "oral")
NOT_MEASURED_REASONS = ("NO_THERMOMETER", "CANNOT_NOW", "REFUSED")
PRESENCES = (
    "ON_CAMPUS",
    "AT_HOME",
    "INTERNSHIP",
    "VISITING",
    "TRAVELLING",
    "STRANDED",
    "ABROAD",
    "HOSPITAL",
    "QUARANTINE",
    "OTHER",
)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person says about one day. Temperature in Celsius with one decimal.

    The four yes/no questions have no default: None is "not answered" and is refused.
    """

    unwell: bool | None = None
    symptoms: tuple[str, ...] = ()
    onset_on: date | None = None
    temperature: Decimal | None = None
    site: str = ""
    not_measured: str = ""
    county_code: str = ""
    presence: str = ""
    visited: bool | None = None
    visited_area: str = ""
    left_on: date | None = None
    met: bool | None = None
    met_on: date | None = None
    met_case: bool = False
    told_close_contact: bool = False
    household_ill: bool = False
    note: str = ""
    truth: bool = False

    def to_plain(self) -> dict[str, Any]:
        """JSON-ready, empty answers left out."""
        plain: dict[str, Any] = {}
        for name in _ANSWERS:
            value = getattr(self, name)
            if value in (None, "", (), False) and name not in {"unwell", "visited", "met"}:
                continue
            if isinstance(value, date):
                plain[name] = value.isoformat()
            elif isinstance(value, Decimal):
                plain[name] = str(value)
            elif isinstance(value, tuple):
                plain[name] = list(value)
            else:
                plain[name] = value
        return plain

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Answers:
        values = {name: value for name, value in plain.items() if name in _ANSWERS}
        for name in ("onset_on", "left_on", "met_on"):
            if values.get(name):
                values[name] = date.fromisoformat(values[name])
        if values.get("temperature"):
            values["temperature"] = Decimal(values["temperature"])
        values["symptoms"] = tuple(values.get("symptoms", ()))
        return cls(**values)


_ANSWERS = tuple(item.name for item in fields(Answers))


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of an edition that answers are checked against."""

    temperature_min: Decimal
    temperature_max: Decimal
    lookback_days: int
    fever: dict[str, float] = field(default_factory=dict)


def problems_of(
    answers: Answers, *, day: date, limits: Limits, known_symptoms: Iterable[str]
) -> dict[str, str]:
    """What must be asked back before anything is stored: field to sentence (a msgid).

    Raises nothing; an empty dict means that the answers may be stored.
    """
    problems: dict[str, str] = {}
    if answers.unwell is None:
        problems["unwell"] = _("Please say how you are today.")
    if answers.visited is None:
        problems["visited"] = _("Please answer yes or no.")
    if answers.met is None:
        problems["met"] = _("Please answer yes or no.")
    if not answers.county_code and answers.presence != "ABROAD":
        problems["county_code"] = _("Please say in which county or district you are.")
    if answers.presence not in PRESENCES:
        problems["presence"] = _("Please say where you are staying.")
    if not answers.truth:
        problems["truth"] = _("Please confirm that your answers are true.")
    problems |= _temperature_problems(answers, limits)
    problems |= _symptom_problems(answers, day, limits, set(known_symptoms))
    problems |= _contact_problems(answers, day, limits)
    if len(answers.note) > 200:
        problems["note"] = _("At most 200 characters, please.")
    return problems or _unlikely(answers, limits)


def _temperature_problems(answers: Answers, limits: Limits) -> dict[str, str]:
    if answers.temperature is None:
        if answers.not_measured not in NOT_MEASURED_REASONS:
            return {"temperature": _("Please give your temperature, or say why not measured.")}
        return {}
    if answers.not_measured:
        return {"temperature": _("A temperature and “not measured” do not go together.")}
    if not limits.temperature_min <= answers.temperature <= limits.temperature_max:
        return {"temperature": _("A temperature lies between 34.0 and 42.9. Please look again.")}
    if answers.site not in SITES:
        return {"site": _("Where was it measured?")}
    return {}


def _symptom_problems(
    answers: Answers, day: date, limits: Limits, known: set[str]
) -> dict[str, str]:
    problems: dict[str, str] = {}
    if unknown := [code for code in answers.symptoms if code not in known]:
        problems["symptoms"] = _("This is not on the list of symptoms.")
        assert unknown
    if answers.unwell and not answers.symptoms:
        problems["symptoms"] = _("You said that you are not well. What is it?")
    if answers.unwell is False and answers.symptoms:
        problems["unwell"] = _("You chose “well” and a symptom. Which of the two is right?")
    if answers.symptoms and answers.onset_on is None:
        problems["onset_on"] = _("Since which day?")
    if answers.onset_on is not None:
        if answers.onset_on > day:
            problems["onset_on"] = _("The first day of the symptoms cannot lie in the future.")
        elif (day - answers.onset_on).days > limits.lookback_days:
            problems["onset_on"] = _(
                "That is more than 14 days ago. Give the first day within the last 14 days, "
                "and tell us more in the note."
            )
    return problems | _fever_problems(answers, limits)


def _fever_problems(answers: Answers, limits: Limits) -> dict[str, str]:
    """Contradictions between the thermometer and the words are asked back, never mended."""
    if answers.temperature is None or not limits.fever:
        return {}
    if answers.temperature > limits.temperature_max:
        return {}  # that it is no temperature at all is asked first
    limit = limits.fever.get(answers.site, limits.fever["axilla"])
    hot = float(answers.temperature) >= limit
    if hot and answers.unwell is False:
        return {"temperature": _("This temperature is a fever, but you chose “well”. Which is so?")}
    return {}


def _unlikely(answers: Answers, limits: Limits) -> dict[str, str]:
    """A fever that the thermometer does not show: slipped, or passed. Asked once all is answered.

    It may well be so (a fever of this morning, a medicine): then a word in the note settles it.
    """
    if "fever" not in answers.symptoms or answers.temperature is None or answers.note.strip():
        return {}
    limit = limits.fever.get(answers.site, limits.fever.get("axilla", 0.0))
    if float(answers.temperature) >= limit:
        return {}
    return {
        "temperature": _(
            "You chose fever, but this temperature is none. Please mend what is not so; if you had"
            " a fever before, or took a medicine against it, say so in the note."
        ),
        "note": _("If you had a fever: how high was it, and when?"),
    }


def _contact_problems(answers: Answers, day: date, limits: Limits) -> dict[str, str]:
    problems: dict[str, str] = {}
    if answers.visited and answers.left_on is None:
        problems["left_on"] = _("When did you leave there? If you are still there: today.")
    if answers.visited and not answers.visited_area:
        problems["visited_area"] = _("Which place was it?")
    if answers.met and answers.met_on is None:
        problems["met_on"] = _("On which day was the last contact?")
    for name, moment in (("left_on", answers.left_on), ("met_on", answers.met_on)):
        if moment is not None and moment > day:
            problems[name] = _("This day cannot lie in the future.")
        elif moment is not None and (day - moment).days > limits.lookback_days:
            problems[name] = _("That is more than 14 days ago: then the answer is no.")
    return problems


def is_late(received_at: datetime, due_at: datetime) -> bool:
    return received_at > due_at


@dataclass(frozen=True, slots=True)
class Ledger:
    """The day of a unit: how many of whom. All are people; rates are shares of 1, or None.

    `proxy`, `late` and `unreachable` are parts of received, received and missing.
    """

    expected: int = 0
    zero: int = 0
    with_events: int = 0
    exempt: int = 0
    late: int = 0
    unreachable: int = 0
    proxy: int = 0

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def received(self) -> int:
        return self.zero + self.with_events

    @property
    def missing(self) -> int:
        return self.expected - self.received - self.exempt

    @property
    def owed(self) -> int:
        """Those who had to report: the denominator of both rates."""
        return self.expected - self.exempt

    @property
    def completeness(self) -> float | None:
        return self.received / self.owed if self.owed else None

    @property
    def timeliness(self) -> float | None:
        """On time ÷ owed (not ÷ received): a silent unit is not timely."""
        return (self.received - self.late) / self.owed if self.owed else None

    @property
    def is_complete(self) -> bool:
        return self.missing == 0

    def is_known(self, threshold: float) -> bool:
        """Whether a figure about this unit may be shown as a number at all."""
        return self.completeness is not None and self.completeness >= threshold

    def to_plain(self) -> dict[str, int | float | None]:
        return {
            "expected": self.expected,
            "received": self.received,
            "zero": self.zero,
            "with_events": self.with_events,
            "missing": self.missing,
            "exempt": self.exempt,
            "late": self.late,
            "unreachable": self.unreachable,
            "proxy": self.proxy,
            "completeness": self.completeness,
            "timeliness": self.timeliness,
        }


ZERO_FULL = "ZERO_FULL"
ZERO_PARTIAL = "ZERO_PARTIAL"
WITH_EVENTS = "WITH_EVENTS"


def declarations_open_to(ledger: Ledger) -> tuple[str, ...]:
    """What a unit may truthfully sign with these numbers."""
    if ledger.with_events:
        return (WITH_EVENTS,)
    return (ZERO_FULL,) if ledger.is_complete else (ZERO_PARTIAL,)
