"""Problems of a file in the language of the reader."""

from __future__ import annotations

from django.utils.translation import gettext

from lianfang.places.rules import Problem


def in_words(problem: Problem) -> dict[str, str | int]:
    """Where, what stands there, what is wrong with it and what would be right."""
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "problem": gettext(problem.text) % problem.context,
        "cure": gettext(problem.cure) % problem.context,
    }
