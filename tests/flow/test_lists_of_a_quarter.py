"""The lists of 20 January to 31 March 2020, one edition a day, in order and out of order."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.clock import at_local
from lianfang.places import divisions
from lianfang.places.models import AreaImport, RiskArea
from lianfang.places.operations import OlderThanInForce, import_areas
from lianfang.places.queries import risk_areas_on

pytestmark = pytest.mark.django_db

Editions = dict[date, list[str]]


@pytest.fixture
def editions(shared: Path) -> Editions:
    """What stands under rule R1 on each day, as the file prints it."""
    found: Editions = defaultdict(list)
    path = shared / "covid_china" / "high_incidence_areas_by_day_derived.csv"
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["date"])
            found[day] += [row["area_code"]] if row["in_R1_cum_ge_100"] == "1" else []
    assert (min(found), max(found)) == (date(2020, 1, 20), date(2020, 3, 31))
    return dict(found)


def publish(day: date, codes: list[str], *, at: date, older: bool = False) -> None:
    rows = "\n".join(f"{day},{code}" for code in codes)
    import_areas(
        f"date,area_code\n{rows}\n".encode(), source=f"{day}", allow_older=older,
        now=at_local(at, time(18, 0)), actor=OPERATOR,
    )  # fmt: skip


def truth(editions: Editions) -> dict[date, set[str]]:
    return {day: {divisions.resolve(c).code for c in codes} for day, codes in editions.items()}


def stored(editions: Editions) -> dict[date, set[str]]:
    return {day: set(risk_areas_on(day)) for day in editions}


def periods() -> set[tuple[str, date, date | None]]:
    rows = RiskArea.objects.filter(known_until_at__isnull=True)
    return set(rows.values_list("area_code", "listed_on", "delisted_on"))


def test_in_order_every_day_is_known_as_it_was_known(editions: Editions) -> None:
    for day, codes in sorted(editions.items()):
        publish(day, codes, at=day)
    assert stored(editions) == truth(editions)
    # what was known on a day about that day, and about a day that had not been listed yet
    first_of_march = at_local(date(2020, 3, 1), time(20, 0))
    known = risk_areas_on(date(2020, 3, 1), known_at=first_of_march)
    assert known == truth(editions)[date(2020, 3, 1)]
    assert (
        risk_areas_on(date(2020, 2, 1), known_at=first_of_march)
        == (truth(editions)[date(2020, 2, 1)])
    )
    before = at_local(date(2020, 1, 25), time(20, 0))
    assert (
        risk_areas_on(date(2020, 2, 20), known_at=before)
        == (
            truth(editions)[date(2020, 1, 25)]  # the newest list of then held until a newer one
        )
    )


def test_out_of_order_the_result_is_the_same_and_what_was_known_is_not(editions: Editions) -> None:
    """As known now the two are equal to the last period; as known then they differ, and must."""
    for day, codes in sorted(editions.items()):
        publish(day, codes, at=day)
    in_order = periods()
    RiskArea.objects.all().delete()
    AreaImport.objects.all().delete()
    days = sorted(editions)
    random.Random(20200120).shuffle(days)
    for number, day in enumerate(days):
        publish(day, editions[day], at=date(2020, 4, 1) + timedelta(days=number), older=True)
    assert stored(editions) == truth(editions)
    assert periods() == in_order
    early = at_local(date(2020, 4, 1), time(20, 0))
    assert risk_areas_on(days[1], known_at=early) != truth(editions)[days[1]] or (
        truth(editions)[days[1]] == truth(editions)[days[0]]
    )


def test_an_older_edition_is_refused_until_somebody_says_so(editions: Editions) -> None:
    newest = date(2020, 2, 10)
    publish(newest, editions[newest], at=newest)
    for day in (date(2020, 1, 20), date(2020, 2, 9)):
        with pytest.raises(OlderThanInForce) as refused:
            publish(day, editions[day], at=newest)
        assert refused.value.context == {"day": day.isoformat(), "newest": "2020-02-10"}
    assert AreaImport.objects.count() == 1
    publish(newest, editions[newest], at=newest)  # the one in force again is no older one
