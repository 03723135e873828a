"""Lists of areas and hospitals over the API: tried, stored, every problem with its row."""

from __future__ import annotations

from datetime import date

import pytest

from lianfang.api.models import Scope
from lianfang.places.models import AreaImport, DesignatedHospital, RiskArea
from lianfang.screening.models import ExposureHit
from lianfang.surveys.models import Source
from lianfang.surveys.rules import Said, Trip
from lianfang.usecases import surveys
from tests.api import Caller, integration, logged_in, operator, problem
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)
AREAS = "area_code,name,from,until\n420100,武汉市,2020-01-20,\n330300,温州市,2020-01-27,\n".encode()


@pytest.fixture
def token(college: College) -> Caller:
    return integration(Scope.LISTS_WRITE, name="疾控接口", college=college)


def test_areas_are_tried_stored_and_listed_with_their_edition(
    college: College, token: Caller
) -> None:
    tried = token.upload("/areas/import", {"source": "省指挥部"}, file=AREAS).json()
    assert (tried["applied"], tried["listed"]) == (False, ["330300", "420100"])
    assert not RiskArea.objects.exists()
    fields = {"source": "省指挥部", "dry_run": "false"}
    stored = token.upload("/areas/import", fields, file=AREAS).json()
    assert tried["effect"]["people"] == 0
    assert stored == tried | {"applied": True, "effect": None}
    (edition,) = token.get("/areas/editions").json()["editions"]
    assert (edition["source"], edition["number"]) == ("省指挥部", 1)
    assert AreaImport.objects.count() == 1


def test_a_list_that_is_tried_says_how_many_it_would_bring_up_and_where(
    college: College, token: Caller
) -> None:
    """Figures by unit; nobody is named, written down or told."""
    surveys.answer(
        person=college["小明"],
        said=Said(
            county_code="511702", since_on=date(2020, 1, 25), has_trips=True, has_meetings=False,
            community_told=True,
            trips=(Trip(county_code="420106", arrived_on=date(2020, 1, 22),
                        left_on=date(2020, 1, 24), kind="VISIT"),),
        ),
        source=Source.SELF, entered_by=college["小明"], actor=college.actor("小明"), page="1",
        now=college.now,
    )  # fmt: skip
    tried = token.upload("/areas/import", {"source": "省指挥部"}, file=AREAS)
    effect = tried.json()["effect"]
    unit = college.unit("网络1班").code
    assert (effect["people"], effect["units"]) == (1, [{"unit": unit, "people": 1}])
    assert "小明" not in tried.content.decode()
    assert not ExposureHit.objects.exists()


def test_what_is_wrong_with_a_list_is_told_by_row_and_nothing_is_stored(
    college: College, token: Caller
) -> None:
    wrong = AREAS + "999999,无,2020-01-20,\n420100,武汉市,x,\n".encode()
    told = token.upload("/areas/import", {"dry_run": "false"}, file=wrong).json()
    assert told["applied"] is False
    assert {(one["row"], one["column"]) for one in told["problems"]} >= {
        (4, "area_code"),
        (5, "from"),
    }
    assert all(one["problem"] and one["cure"] for one in told["problems"])
    assert not RiskArea.objects.exists()
    assert problem(token.upload("/areas/import", {})) == (422, "invalid", {"file"})


def test_the_shipped_hospitals_are_taken_in_and_found_by_county(
    college: College, token: Caller
) -> None:
    tried = token.upload("/hospitals/import", {"dry_run": "true"}).json()
    assert tried["added"]
    assert not DesignatedHospital.objects.exists()
    stored = token.upload("/hospitals/import", {"dry_run": "false"}).json()
    assert len(stored["added"]) == len(tried["added"])
    near = logged_in(college, "小明").get("/hospitals", county="511702").json()
    assert near["nearness"] in {"county", "city", "province"}
    assert near["hospitals"][0]["name"]
    assert problem(token.get("/hospitals", county="999999")) == (422, "invalid", {"county"})
    assert problem(token.get("/hospitals"))[2] == {"county"}


def test_a_list_is_the_whole_colleges_and_the_operators(college: College) -> None:
    bound = integration(Scope.LISTS_WRITE, name="系", unit=college.unit("信息系"), college=college)
    acting = integration(Scope.LISTS_WRITE, name="x", college=college).acting_for(
        college["书记"].number
    )
    for caller in (bound, acting, logged_in(college, "书记")):
        assert problem(caller.upload("/areas/import", {}, file=AREAS))[:2] == (403, "forbidden")
    assert operator(college).upload("/areas/import", {}, file=AREAS).status_code == 200
    little = integration(Scope.LEDGER_READ, name="y", college=college)
    answer = little.upload("/hospitals/import", {"dry_run": "true"})
    assert problem(answer)[:2] == (403, "api.scope-missing")


def test_an_import_that_is_sent_again_is_taken_in_once(college: College, token: Caller) -> None:
    keyed = Caller(token.client, token.headers | {"Idempotency-Key": "list-1"})
    first = keyed.upload("/areas/import", {"dry_run": "false"}, file=AREAS)
    again = keyed.upload("/areas/import", {"dry_run": "false"}, file=AREAS)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"
    other = keyed.upload("/areas/import", {"dry_run": "false"}, file=AREAS + b"\n")
    assert problem(other)[:2] == (409, "api.key-reused")
