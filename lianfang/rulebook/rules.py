"""A criterion is a small tree of plain data. One tree, three readers:

check(tree, codes)            is it well formed?         (before an edition is published)
matches(tree, facts)          does it hold for a report? (when a report is screened)
describe(tree, names, words)  what does it say?          (on the page that people read)

{"any_of": [{"symptom": "fever"}, {"symptom": "dry_cough"}]}
{"at_least": 2, "of": [{"symptom": "fever"}, {"visited_listed_area_within_days": 14}]}
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lianfang.kernel.clock import days_between

Criterion = Mapping[str, Any]
SITES = ("axilla", "forehead", "ear", "oral")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report tells the screening rules, and nothing else. Temperature in Celsius."""

    day: date
    symptoms: frozenset[str] = frozenset()
    temperature: float | None = None
    site: str = ""
    visited_listed_area_on: date | None = None
    met_from_listed_area_on: date | None = None
    met_case: bool = False
    told_close_contact: bool = False
    household_ill: bool = False


def _within(day: date, past: date | None, days: int) -> bool:
    return past is not None and 0 <= days_between(past, day) <= days


def _hot(facts: Facts, limits: Mapping[str, float]) -> bool:
    """A site without a limit of its own is judged by the armpit's: never silently normal."""
    if facts.temperature is None:
        return False
    return facts.temperature >= limits.get(facts.site, limits["axilla"])


LEAVES: dict[str, Callable[[Facts, Any], bool]] = {
    "symptom": lambda facts, code: code in facts.symptoms,
    "temperature_at_least": _hot,
    "visited_listed_area_within_days": lambda facts, days: _within(
        facts.day, facts.visited_listed_area_on, days
    ),
    "met_from_listed_area_within_days": lambda facts, days: _within(
        facts.day, facts.met_from_listed_area_on, days
    ),
    "met_case": lambda facts, wanted: facts.met_case is wanted,
    "told_close_contact": lambda facts, wanted: facts.told_close_contact is wanted,
    "household_ill": lambda facts, wanted: facts.household_ill is wanted,
}


def matches(tree: Criterion, facts: Facts) -> bool:
    """Whether the criterion holds for the facts. The tree must have passed `check`."""
    match tree:
        case {"any_of": branches}:
            return any(matches(branch, facts) for branch in branches)
        case {"all_of": branches}:
            return all(matches(branch, facts) for branch in branches)
        case {"at_least": number, "of": branches}:
            return sum(matches(branch, facts) for branch in branches) >= int(number)
    [(leaf, value)] = tree.items()
    return LEAVES[leaf](facts, value)


def check(tree: Any, codes: Collection[str]) -> list[str]:
    """The faults of a drafted criterion, in words; an empty list means it may be published."""
    match tree:
        case {"any_of": [*branches]} | {"all_of": [*branches]} if len(tree) == 1:
            return _check_branches(branches, codes)
        case {"at_least": int(number), "of": [*branches]} if len(tree) == 2:
            faults = _check_branches(branches, codes)
            if not 1 <= number <= len(branches):
                faults.append(f"at_least {number} of {len(branches)} can never vary")
            return faults
        case {"symptom": str(code)} if len(tree) == 1:
            return [] if code in codes else [f"no such symptom in this edition: {code}"]
        case {"temperature_at_least": {"axilla": float(), **others}} if len(tree) == 1:
            return [f"no such thermometer site: {site}" for site in others if site not in SITES]
        case {"visited_listed_area_within_days": int(days)} | {
            "met_from_listed_area_within_days": int(days)
        } if len(tree) == 1:
            return [] if days > 0 else [f"a look-back of {days} days never holds"]
        case {"met_case": True} | {"told_close_contact": True} | {"household_ill": True} if (
            len(tree) == 1
        ):
            return []
    return [f"not a criterion: {tree!r}"]


def _check_branches(branches: list[Any], codes: Collection[str]) -> list[str]:
    if not branches:
        return ["an empty list of branches"]
    return [fault for branch in branches for fault in check(branch, codes)]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language in which a criterion is told."""

    brackets: str
    any_of: str
    all_of: str
    comma: str
    at_least: str
    leaves: Mapping[str, str]
    sites: Mapping[str, str]


def describe(tree: Criterion, names: Mapping[str, str], words: Words) -> str:
    """The criterion as a sentence, for example “发热 或 （乏力 且 干咳）”."""
    match tree:
        case {"any_of": branches}:
            return words.any_of.join(_inside(branch, names, words) for branch in branches)
        case {"all_of": branches}:
            return words.all_of.join(_inside(branch, names, words) for branch in branches)
        case {"at_least": number, "of": branches}:
            listed = words.comma.join(describe(b, names, words) for b in branches)
            return words.at_least.format(number=number, listed=listed)
        case {"symptom": code}:
            return names[code]
        case {"temperature_at_least": limits}:
            listed = words.comma.join(f"{words.sites[s]}≥{t}℃" for s, t in limits.items())
            return words.leaves["temperature_at_least"].format(value=listed)
    [(leaf, value)] = tree.items()
    return words.leaves[leaf].format(value=value)


def _inside(branch: Criterion, names: Mapping[str, str], words: Words) -> str:
    """A branch with the brackets that say what belongs together; one alone needs none."""
    told = describe(branch, names, words)
    several = branch.get("any_of") or branch.get("all_of")
    return words.brackets.format(told) if isinstance(several, list) and len(several) > 1 else told


CHINESE = Words(
    brackets="（{}）",
    any_of=" 或 ",
    all_of=" 且 ",
    comma="、",
    at_least="下列至少{number}项：{listed}",
    leaves={
        "temperature_at_least": "体温{value}",
        "visited_listed_area_within_days": "{value}天内到过疫情高发地区",
        "met_from_listed_area_within_days": "{value}天内接触过来自疫情高发地区的人员",
        "met_case": "接触过疑似、确诊病例或无症状感染者",
        "told_close_contact": "被通知为密切接触者",
        "household_ill": "同住人有发热或呼吸道症状",
    },
    sites={"axilla": "腋下", "forehead": "额温", "ear": "耳温", "oral": "口腔"},
)
ENGLISH = Words(
    brackets="({})",
    any_of=" or ",
    all_of=" and ",
    comma=", ",
    at_least="at least {number} of: {listed}",
    leaves={
        "temperature_at_least": "temperature {value}",
        "visited_listed_area_within_days": "in a high-incidence area within {value} days",
        "met_from_listed_area_within_days": "met somebody from a high-incidence area"
        " within {value} days",
        "met_case": "met a suspected, confirmed or asymptomatic case",
        "told_close_contact": "told to be a close contact",
        "household_ill": "somebody in the household has a fever or cough",
    },
    sites={"axilla": "armpit", "forehead": "forehead", "ear": "ear", "oral": "mouth"},
)
