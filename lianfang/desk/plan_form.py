"""Tasks of a plan as lines of text: `I | 24 | 党政办 | 召开领导小组会议`."""

from __future__ import annotations

from lianfang.directives.models import PlanVersion
from lianfang.directives.models_plan import Level
from lianfang.directives.plans import TaskLine
from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import tidy
from lianfang.roster.models import Unit

_LONGEST = 24 * 90  # hours


def lines_of(version: PlanVersion) -> str:
    tasks = version.tasks.select_related("unit").order_by("level", "position")
    return "\n".join(f"{t.level} | {t.hours} | {t.unit.name} | {t.title}" for t in tasks)


def tasks_typed(text: str) -> list[TaskLine]:
    """Raises `Invalid` naming the lines that cannot be read, all at once."""
    lines = [tidy(line) for line in text.splitlines()]
    names = {_parts(line)[2] for line in lines if line}
    units = {
        unit.name: unit
        for unit in Unit.objects.filter(name__in=names, closed_on__isnull=True).order_by("-tree")
    }
    tasks: list[TaskLine] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        level, hours, unit, title = _parts(line)
        right = level in Level.values and hours.isascii() and hours.isdecimal() and title
        if right and 0 < int(hours) <= _LONGEST and unit in units and len(title) <= 100:
            tasks.append(TaskLine(level, title, units[unit], int(hours)))
        else:
            wrong.append(str(number))
    if wrong:
        raise Invalid(
            {"tasks": _("Each line: level | hours | unit | task. Please look at the marked lines.")}
            | {"lines": ", ".join(wrong)}
        )
    return tasks


def _parts(line: str) -> tuple[str, str, str, str]:
    parts = [part.strip() for part in line.replace("|", "|").split("|", 3)]
    parts += [""] * (4 - len(parts))
    return parts[0].upper(), parts[1], parts[2], parts[3]
