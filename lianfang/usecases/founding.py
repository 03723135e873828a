"""Whatever an installation needs before its first day: what the product ships."""

from __future__ import annotations

from datetime import datetime

from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.texts import gettext_noop as _
from lianfang.places import operations as places
from lianfang.rulebook import operations as rulebook


class RulesOfAnotherVersion(rulebook.EditionChanged):
    code = "rulebook.rules-of-another-version"
    message = _(
        "This database holds edition %(number)s of the rules as another version of Lianfang shipped"
        " it; a published edition never changes, and this version needs what its own says. Nothing"
        " was changed. If the database holds only a demonstration, move it away and start again."
        " If it holds your college, go back to the version that made it."
    )


def load_shipped(*, now: datetime) -> None:
    """The shipped editions of the rules and the shipped list of hospitals; again changes nothing."""
    for path in sorted(rulebook.SHIPPED.glob("*.toml")):
        try:
            rulebook.publish_file(path=path, actor=OPERATOR, now=now)
        except rulebook.EditionChanged as differs:
            raise RulesOfAnotherVersion(**differs.context) from differs
    places.import_hospitals(now=now, actor=OPERATOR)
