"""A roster over the API: a dry run unless told otherwise; areas; who am I."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lianfang.api.models import Scope
from lianfang.audit.models import Entry
from lianfang.kernel.actors import OPERATOR
from lianfang.places import operations as places
from lianfang.roster.models import Person, Unit
from tests.api import Caller, integration, logged_in, operator, problem
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)

ROSTER = """学号,姓名,院系,专业,班级,手机号
2020000001,张新,信息系,网络专业,网络2班,14200001111
2020000002,李新,信息系,网络专业,网络2班,14200002222
"""


@pytest.fixture
def caller(college: College) -> Caller:
    return integration(Scope.ROSTER_WRITE, name="人事系统", college=college)


def upload(
    caller: Caller, text: str | bytes = ROSTER, *, name: str = "roster.csv", **form: Any
) -> Any:
    data = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile(name, data, content_type="text/csv")
    return caller.client.post(
        "/api/v1/roster/import", {"file": file, **form}, headers=caller.headers
    )


def newcomers() -> set[str]:
    return set(Person.objects.filter(number__startswith="20200").values_list("name", flat=True))


def test_an_import_is_a_dry_run_unless_told_otherwise(college: College, caller: Caller) -> None:
    told = upload(caller).json()
    assert (told["applied"], told["counts"]["people"]["added"]) == (False, 2)
    assert told["counts"]["units"]["added"] == 1
    assert newcomers() == set()
    assert not Unit.objects.filter(name="网络2班").exists()


def test_what_was_shown_is_what_is_written(college: College, caller: Caller) -> None:
    shown = upload(caller).json()
    told = upload(caller, dry_run="false", digest=shown["digest"], confirm_gone="true")
    assert told.status_code == 200, told.content
    assert told.json()["applied"] is True
    assert newcomers() == {"张新", "李新"}
    entry = Entry.objects.get(verb="roster.import.applied")
    assert (entry.actor_kind, entry.actor_label) == ("INTEGRATION", "人事系统")


def test_another_plan_than_the_confirmed_one_is_refused(college: College, caller: Caller) -> None:
    answer = upload(caller, dry_run="false", digest="0" * 64, confirm_gone="true")
    assert problem(answer)[0] == 409
    assert newcomers() == set()


def test_every_problem_is_named_with_its_row_and_nothing_is_written(
    college: College, caller: Caller
) -> None:
    bad = ROSTER.replace("2020000002", "2020000001").replace("14200001111", "1420000111x")
    told = upload(caller, bad, dry_run="false", confirm_gone="true").json()
    assert told["applied"] is False
    errors = [one for one in told["problems"] if one["severity"] == "error"]
    assert {one["row"] for one in errors} >= {2}
    assert all(one["problem"] and one["cure"] for one in errors)
    assert newcomers() == set()


@pytest.mark.parametrize(
    "data,name",
    [
        (b"", "empty.xlsx"),
        (b"not a workbook", "roster.xlsx"),
        (b"PK\x03\x04broken", "roster.xlsx"),
        (b"\xd0\xcf\x11\xe0old", "roster.xls"),
        ("学号,姓名\x00\n".encode(), "nul.csv"),
    ],
)
def test_a_file_that_is_no_roster_is_told_so(
    college: College, caller: Caller, data: bytes, name: str
) -> None:
    answer = upload(caller, data, name=name)
    assert answer.status_code in {200, 422}
    if answer.status_code == 200:
        assert answer.json()["problems"]
        assert answer.json()["applied"] is False


@pytest.mark.parametrize(
    "form,fields",
    [
        ({"as_of": "tomorrow"}, {"as_of"}),
        ({"dry_run": "perhaps"}, {"dry_run"}),
        ({"digest": "x" * 65}, {"digest"}),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(
    college: College, caller: Caller, form: dict[str, str], fields: set[str]
) -> None:
    assert problem(upload(caller, **form)) == (422, "invalid", fields)


def test_a_day_out_of_reach_is_refused(college: College, caller: Caller) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        assert problem(upload(caller, as_of=day))[:2] == (422, "roster.not-that-day")


def test_an_import_without_a_file_is_refused(college: College, caller: Caller) -> None:
    answer = caller.client.post(
        "/api/v1/roster/import", {"dry_run": "true"}, headers=caller.headers
    )
    assert problem(answer) == (422, "invalid", {"file"})


def test_a_body_that_is_no_form_is_refused(college: College, caller: Caller) -> None:
    assert problem(caller.post("/roster/import", {"file": "x"}))[:2] == (415, "api.wrong-type")
    broken = caller.send(
        "/roster/import", b"--y\r\nnonsense", content_type="multipart/form-data; boundary=x"
    )
    assert problem(broken)[0] in {400, 422}
    unnamed = caller.send("/roster/import", b"x", content_type="multipart/form-data")
    assert problem(unnamed)[0] in {400, 422}


def test_only_an_operator_or_a_token_of_the_whole_college_imports(college: College) -> None:
    bound = integration(Scope.ROSTER_WRITE, unit=college.unit("信息系"), college=college)
    assert problem(upload(bound))[:2] == (403, "forbidden")
    assert problem(upload(logged_in(college, "书记")))[:2] == (403, "forbidden")
    assert upload(operator(college)).json()["applied"] is False


# ---------------------------------------------------------------- areas, oneself


def test_a_day_that_no_list_reaches_is_not_known_rather_than_empty(
    college: College, caller: Caller
) -> None:
    told = caller.get("/areas").json()
    assert (told["known"], told["areas"], told["listed_until"]) == (False, None, None)


def test_the_areas_of_a_day_are_named(college: College, caller: Caller) -> None:
    places.import_areas(
        b"date,area_code\n2020-02-01,420100\n2020-02-01,330300\n",
        apply=True, actor=OPERATOR, now=college.now, rule="", source="通报", skip_unknown=False,
    )  # fmt: skip
    told = caller.get("/areas", day="2020-02-01").json()
    assert told["known"] is True
    assert [(one["code"], one["name"]) for one in told["areas"]] == [
        ("330300", "浙江省温州市"),
        ("420100", "湖北省武汉市"),
    ]
    assert told["listed_until"] == date(2020, 2, 1).isoformat()


def test_who_am_i(college: College, caller: Caller) -> None:
    token = caller.get("/me").json()
    assert (token["kind"], token["name"], token["scopes"]) == (
        "integration",
        "人事系统",
        ["roster:write"],
    )
    assert (token["today"], token["now"]) == ("2020-02-01", "2020-02-01T00:00:00Z")
    assert token["csrf_token"] is None
    me = logged_in(college, "小明").get("/me").json()
    assert (me["kind"], me["name"], bool(me["csrf_token"])) == ("person", "小明", True)
