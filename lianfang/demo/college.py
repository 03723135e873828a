"""A whole college for the first ten minutes with the product: an exercise, all of it made up.

About 3,000 people in two trees, posts and a duty roster, two weeks of reports, a morning half
reported, three incidents in three states. The same seed makes the same college.
"""

from __future__ import annotations

import sys
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from lianfang.demo import (
    accounts,
    beginning,
    care,
    clusters,
    command,
    days,
    people,
    quarantine,
    surveys,
    units,
)
from lianfang.installation import operations as installation
from lianfang.installation.queries import installation as current_installation
from lianfang.kernel.clock import parse_moment, reporting_day
from lianfang.kernel.refusals import Refused
from lianfang.kernel.texts import gettext_noop
from lianfang.places import operations as places
from lianfang.usecases.founding import load_shipped

MOMENT = parse_moment("2020-02-14T09:40+08:00")
_AREAS = {  # since when each is on the list of the exercise
    "420100,武汉市": date(2020, 1, 20),
    "420000,湖北省": date(2020, 1, 27),
    "330300,温州市": date(2020, 1, 29),
}


class NotEmpty(Refused):
    code = "demo.not-empty"
    message = gettext_noop(
        "The demonstration college needs an empty database; this one belongs to somebody."
    )
    status = 409


def build(*, number: int = 3000) -> None:
    """Make the college and set its clock; one that was interrupted is made anew.

    Raises `NotEmpty`, also when somebody else made it while this call waited.
    """
    with beginning.alone():
        if beginning.is_half_made():
            beginning.clear_away()
        if current_installation() is not None:
            raise NotEmpty
        _say(_("Making the demonstration college (about half a minute) …"))
        with translation.override(settings.LANGUAGE_CODE):  # what its people write down
            _live(number)


def _live(number: int) -> None:
    with transaction.atomic():
        installation.found(name=beginning.NAME, is_exercise=True, now=MOMENT)
    load_shipped(now=MOMENT)
    places.import_areas(_areas().encode(), now=MOMENT, source="演练用名单")
    cast = _people(number, MOMENT)
    days.live_through(cast, now=MOMENT, say=_say)
    command.set_going(cast, now=MOMENT)
    clusters.fall_ill(cast, now=MOMENT)
    quarantine.look_after(cast, now=MOMENT)
    care.watch_over(cast, now=MOMENT)
    surveys.ask_around(cast, now=MOMENT)
    accounts.write(cast, path=settings.HOME / "demo-accounts.txt", now=MOMENT)
    installation.set_exercise_clock(moment=MOMENT)


def _areas() -> str:
    """The day lists until this morning, in the layout that a health commission's table has."""
    today = reporting_day(MOMENT)
    days = [today - timedelta(days=back) for back in range(25, -1, -1)]
    rows = [f"{day},{area}" for day in days for area, since in _AREAS.items() if since <= day]
    return "\n".join(["date,area_code,area", *rows])


def _people(number: int, now: datetime) -> people.Cast:
    with transaction.atomic():
        tree = units.plant(now=now)
        return people.enrol(tree, number=number, now=now)


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
