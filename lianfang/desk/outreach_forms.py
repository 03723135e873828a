"""What people type about articles and audiences, made into the words of the use cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from lianfang.kernel.texts import tidy
from lianfang.outreach import access, queries
from lianfang.outreach.models import ArticleVersion, CampaignDraft
from lianfang.outreach.rules import (
    MOST_STEPS,
    WAYS,
    Rule,
    Step,
    faults_of_steps,
    has_line_break,
    steps_of,
)
from lianfang.places.divisions import RenamedDivision, UnknownDivision, full_name
from lianfang.places.search import places_named
from lianfang.portal.edge import Visit
from lianfang.roster.models import Person, Post
from lianfang.usecases.campaign_drafts import DraftContent
from lianfang.usecases.campaigns import ArticleWording

_MOST_PLACES = 20


def number_of(text: str) -> int | None:
    plain = tidy(text)
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 18 else None


def numbers_of(texts: list[str]) -> tuple[int, ...]:
    return tuple(n for text in texts if (n := number_of(text)) is not None)


@dataclass(frozen=True, slots=True)
class AudienceTyped:
    """The rule that was ticked, and what is wrong with the places typed into it."""

    rule: Rule
    problems: dict[str, str]


def audience_typed(request: HttpRequest, visit: Visit) -> AudienceTyped:
    data = request.POST
    codes, unknown = _places(data.get("places", ""), visit)
    problems = {}
    if unknown:
        problems["places"] = _("Not found, or more than one place is called so: %(names)s") % {
            "names": ", ".join(unknown[:5])
        }
    rule = Rule(
        units=numbers_of(data.getlist("units")),
        categories=tuple(c for c in data.getlist("categories") if c in Person.Category.values),
        places=codes,
        roles=tuple(r for r in data.getlist("roles") if r in Post.Role.values),
        silent_of=number_of(data.get("silent_of", "")),
        monitored=data.get("monitored") == "yes",
        everybody=data.get("everybody") == "yes",
    )
    return AudienceTyped(rule, problems)


def _places(text: str, visit: Visit) -> tuple[tuple[str, ...], list[str]]:
    """Names of provinces, cities and counties as the beginnings of their codes."""
    codes, unknown = [], []
    names = [name for name in map(tidy, text.replace("、", "\n").splitlines()) if name]
    for name in names[:_MOST_PLACES]:
        code = _code_of(name, visit.today)
        if code:
            codes.append(beginning_of(code))
        else:
            unknown.append(name)
    return tuple(codes), unknown


def _code_of(name: str, day: date) -> str:
    """The one place, city or province that is called so; empty when it is not one."""
    try:
        found = places_named(name, on=day)
    except (UnknownDivision, RenamedDivision):
        return ""
    if found.within:
        return found.within
    return found.codes[0] if found.is_certain else ""


def beginning_of(code: str) -> str:
    """510000 is everything that begins with 51; 511700 with 5117."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


# ---------------------------------------------------------------- a campaign


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands on the page of a campaign that is put together, and what is wrong with it.

    `article` is the number of the version that is chosen; `places` the names as they were typed.
    """

    article: int | None = None
    version: ArticleVersion | None = None
    subject: str = ""
    words: str = ""
    rule: Rule = field(default_factory=Rule)
    places: str = ""
    steps: Sequence[Step] = ()
    asks_question: bool = False
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> DraftContent:
        return DraftContent(
            article=self.version.article if self.version else None,
            subject=self.subject,
            words=self.words,
            rule=self.rule,
            steps=self.steps,
            asks_question=self.asks_question,
        )

    def but(self, problems: Mapping[str, str]) -> Typed:
        return replace(self, problems=problems)


def campaign_typed(request: HttpRequest, visit: Visit) -> Typed:
    """The form as it came. A draft may lack things; an article that is none is a problem."""
    data = request.POST
    audience = audience_typed(request, visit)
    if audience.rule.silent_of:
        access.campaign(audience.rule.silent_of, sight=visit.sight)
    problems = dict(audience.problems)
    article = number_of(data.get("article", ""))
    version = queries.newest_versions(day=visit.today).filter(pk=article or 0).first()
    if version is None and (data.get("what") != "keep" or data.get("article")):
        problems["article"] = _("Which article, please?")
    subject = data.get("subject", "")
    if has_line_break(subject):
        problems["subject"] = _("A subject has one line only.")
    steps = steps_typed(data)
    if steps is not None and (faults := faults_of_steps(steps)):
        problems["steps"] = "\n".join(_(fault) for fault in faults)
    return Typed(
        article=article,
        version=version,
        subject=subject,
        words=data.get("words", ""),
        rule=audience.rule,
        places=data.get("places", ""),
        steps=steps or (),
        asks_question=data.get("asks_question") == "yes",
        problems=problems,
    )


def typed_of(draft: CampaignDraft, visit: Visit) -> Typed:
    """A draft as its form shows it, with the version of its article that holds today."""
    holding = queries.newest_versions(day=visit.today).filter(article=draft.article_id)
    version = holding.first() if draft.article_id else None
    rule = Rule.from_plain(draft.audience)
    return Typed(
        article=version.pk if version else None,
        version=version,
        subject=draft.subject,
        words=draft.words,
        rule=rule,
        places="\n".join(full_name(code.ljust(6, "0")) for code in rule.places),
        steps=steps_of(draft.steps),
        asks_question=draft.asks_question,
    )


def wording_typed(data: QueryDict) -> ArticleWording:
    """Answers stand one a line, `中文 / English`; the English may be left out."""
    return ArticleWording(
        title_zh=data.get("title_zh", ""),
        title_en=data.get("title_en", ""),
        text_zh=data.get("text_zh", ""),
        text_en=data.get("text_en", ""),
        source=data.get("source", ""),
        valid_until=tidy(data.get("valid_until", "")),
        what_changed=data.get("what_changed", ""),
        question_zh=data.get("question_zh", ""),
        question_en=data.get("question_en", ""),
        choices=[_pair(line) for line in data.get("choices", "").splitlines() if line.strip()],
        right_choice=_position(data.get("right_choice", "")),
    )


def _pair(line: str) -> tuple[str, str]:
    zh, _slash, en = line.partition("/")
    return zh.strip(), en.strip()


def _position(text: str) -> int | None:
    """People count from one."""
    number = number_of(text)
    return number - 1 if number else None


# ---------------------------------------------------------------- steps

_WAITS = (0, 15, 30, 60, 120, 240, 480, 720, 1440, 2880)  # minutes that can be chosen


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step as the form shows it; without a way it is no step."""

    position: int
    wait: int
    ways: tuple[str, ...]


def steps_typed(data: QueryDict) -> list[Step] | None:
    """The steps that were put together; None where the form had none to change."""
    if "wait_0" not in data:
        return None
    rows = [_row(data, position) for position in range(MOST_STEPS)]
    return [Step(row.ways, timedelta(minutes=row.wait)) for row in rows if row.ways]


def _row(data: QueryDict, position: int) -> StepRow:
    ways = set(data.getlist(f"ways_{position}"))
    return StepRow(
        position,
        number_of(data.get(f"wait_{position}", "")) or 0,
        tuple(way for way in WAYS if way in ways),
    )


def step_rows(steps: Sequence[Step]) -> list[StepRow]:
    """The steps with an empty one behind them, as long as there may be one more."""
    rows = [
        StepRow(position, round(step.wait.total_seconds() / 60), step.ways)
        for position, step in enumerate(steps[:MOST_STEPS])
    ]
    return [*rows, StepRow(len(rows), 240, ())] if len(rows) < MOST_STEPS else rows


def wait_choices(rows: Sequence[StepRow]) -> list[tuple[int, str]]:
    """Waits in words, with those of the edition that are none of the usual ones."""
    minutes = sorted({*_WAITS, *(row.wait for row in rows)})
    return [(n, _wait_words(n)) for n in minutes]


def _wait_words(minutes: int) -> str:
    if minutes == 0:
        return _("at once")
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(n)s min") % {"n": rest}
    if rest:
        return _("%(h)s h %(m)s min") % {"h": hours, "m": rest}
    return _("%(h)s h") % {"h": hours}
