"""The steps of an incident as forms: which are offered, which one is on top, what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lianfang.incidents.models import Incident
from lianfang.incidents.rules import Course, Next

# The step that is on top, for each thing that comes next.
_ON_TOP = {
    Next.VERIFY: "verify",
    Next.REACH: "reach",
    Next.TELL: "tell",
    Next.CLASSIFY: "classify",
    Next.REFER: "refer",
    Next.RESULT: "way",
    Next.CHECK: "check",
    Next.OUTCOME: "outcome",
    Next.CLEAR: "clear",
    Next.FINAL: "report",
    Next.CLOSE: "close",
}


@dataclass(frozen=True, slots=True)
class Box:
    """One form: what was typed, what is wrong with it, and the refusal, if there was one."""

    name: str
    label: str
    typed: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    is_main: bool = False
    is_asked_for: bool = False

    @property
    def template(self) -> str:
        return f"desk/incident/_{self.name}.html"

    @property
    def is_open(self) -> bool:
        """Whether it unfolds by itself: a link leads to it, or something has to be mended in it."""
        return bool(self.is_asked_for or self.problems or self.refusal)


def labels(course: Course) -> dict[str, str]:
    """Every step by the words of its heading, in the order of the page."""
    return {
        "verify": _("Verify again") if course.verdict else _("Verify"),
        "reach": _("Find the person"),
        "tell": _("Told outside"),
        "classify": _("Classification"),
        "refer": _("Advised to go to a hospital"),
        "way": _("The way to the hospital"),
        "check": _("Next check"),
        "campus": _("On campus"),
        "outcome": _("Outcome"),
        "clear": _("Return to class"),
        "report": _("First, interim and final report"),
        "fact": _("Write down"),
        "close": _("Close the incident"),
    }


def offered(incident: Incident, course: Course) -> list[str]:
    """The steps that can be taken now, by name."""
    if incident.is_dismissed:
        return ["verify"]
    if not course.is_open:
        return []
    if not course.is_taken:
        return ["fact"]
    names = ["verify"]
    if course.verdict in {"", "UNREACHABLE"}:
        names.append("reach")
    if course.verdict:
        names += ["tell", "classify"]
    names.append("way" if course.way == "OPEN" else "refer")
    names += ["check", "campus"]
    if course.verdict:
        names.append("outcome")
    if course.was_ill:
        names.append("clear")
    if course.is_verified:
        names.append("report")
    names.append("fact")
    if course.outcome:
        names.append("close")
    return names


def boxes_of(
    incident: Incident, course: Course, step: Next, *, tried: Box | None, asked_for: str = ""
) -> tuple[Box | None, list[Box]]:
    """The one on top and the others; a form that was refused keeps what was typed."""
    words = labels(course)
    top = _ON_TOP.get(step, "")
    boxes = []
    for name in offered(incident, course):
        kept = tried if tried is not None and tried.name == name else None
        boxes.append(
            Box(
                name,
                words[name],
                typed=kept.typed if kept else {},
                problems=kept.problems if kept else {},
                refusal=kept.refusal if kept else "",
                is_main=name == top,
                is_asked_for=name == asked_for,
            )
        )
    main = next((box for box in boxes if box.is_main), None)
    return main, [box for box in boxes if not box.is_main]
