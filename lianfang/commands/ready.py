"""Before a command looks into the database: it exists, belongs to somebody, and has its clock."""

from __future__ import annotations

import os

from django.conf import settings
from django.db import connection

from lianfang.commands.tables import bring_up_to_date, insist_on_a_database, insist_that_tables_fit
from lianfang.installation import operations as installation
from lianfang.installation.models import Installation
from lianfang.installation.queries import installation as current_installation
from lianfang.kernel import clock
from lianfang.usecases.founding import load_shipped


def prepare_database() -> None:
    """Bring the tables up to date; a second call on an up-to-date database is quick."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    insist_on_a_database()
    bring_up_to_date()


def make_ready() -> None:
    """Make the tables and found the installation where nobody has; obey LIANFANG_CLOCK.

    An empty database that is opened with LIANFANG_CLOCK becomes an exercise; one that is
    somebody's and no exercise refuses it.
    """
    insist_on_a_database()
    if Installation._meta.db_table not in connection.introspection.table_names():
        prepare_database()
    else:
        insist_that_tables_fit()
    moment = os.environ.get("LIANFANG_CLOCK", "")
    if current_installation() is None:
        if moment:
            clock.run_from(clock.parse_moment(moment) - clock.real_now())
        now = clock.now()
        installation.found(name=installation.NAMELESS, is_exercise=bool(moment), now=now)
        load_shipped(now=now)
    if moment:
        installation.apply_clock_setting()
