"""What people type about articles and audiences, made into the words of the use cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from lianfang.kernel.texts import tidy
from lianfang.outreach.rules import Rule
from lianfang.places.divisions import RenamedDivision, UnknownDivision
from lianfang.places.search import places_named
from lianfang.portal.edge import Visit
from lianfang.roster.models import Person, Post
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
