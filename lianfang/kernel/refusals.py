"""Refusals: the named ways in which the product says no, each with a code to quote."""

from __future__ import annotations

from typing import Any, ClassVar

from lianfang.kernel.texts import gettext_noop as _


class Refused(Exception):
    """Something was not done, and nothing was changed.

    `message` is an English msgid with %-placeholders taken from `context`; the edge
    translates it. `status` is what the API answers.
    """

    code: ClassVar[str] = "refused"
    message: ClassVar[str] = _("This cannot be done.")
    status: ClassVar[int] = 422

    def __init__(self, **context: Any) -> None:
        super().__init__(context)
        self.context = context

    def __str__(self) -> str:
        return f"{self.code}: {self.message % self.context}"


class NotYours(Refused):
    """The object does not exist for this person; said in the same words as 'not found'."""

    code = "not-found"
    message = _("This does not exist, or it is not yours to see.")
    status = 404


class Forbidden(Refused):
    code = "forbidden"
    message = _("You do not hold the post that this needs.")
    status = 403


class Invalid(Refused):
    """One or more fields are wrong; `problems` maps a field to its sentence."""

    code = "invalid"
    message = _("Please look at the marked answers.")

    def __init__(self, problems: dict[str, str], **context: Any) -> None:
        super().__init__(problems=problems, **context)
        self.problems = problems
