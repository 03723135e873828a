"""Who may call what: tokens and scopes, sessions and CSRF, one shape of refusal, one document."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from lianfang.accounts.models import Account
from lianfang.api import tokens
from lianfang.api.auth import PersonRate
from lianfang.api.models import Integration, Scope
from lianfang.api.problems import PROBLEM_STATUSES
from lianfang.audit.models import Entry
from lianfang.commands.main import main
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.refusals import Invalid
from tests.api import FINE, Caller, integration, logged_in, operator, problem
from tests.cast import FEVER, College
from tools.openapi import DOCUMENT, ROOT, current_document

pytestmark = pytest.mark.django_db(transaction=True)


# ---------------------------------------------------------------- tokens


def test_a_token_is_kept_as_a_keyed_hash_only(college: College) -> None:
    token = tokens.issue(
        name="教务系统", scopes=["ledger:read"], unit=None, actor=OPERATOR, now=college.now
    )
    row = Integration.objects.values().get()
    assert token.startswith("lf_")
    assert len(token) > 40
    assert token not in json.dumps(row, default=str)
    entry = Entry.objects.get(verb="api.token.issued")
    assert token not in json.dumps(entry.detail)


def test_a_revoked_token_opens_nothing_from_the_next_request_on(college: College) -> None:
    caller = integration(Scope.LEDGER_READ, college=college)
    assert caller.get("/units").status_code == 200
    tokens.revoke(name="教务系统", actor=OPERATOR, now=college.now)
    answer = caller.get("/units")
    assert problem(answer) == (401, "api.token-not-accepted", set())
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


WRONG = [
    "Bearer lf_wrong",
    "Bearer ",
    "Bearer",
    "Bearer xé",
    "bearer lf_" + "x" * 5000,
    "Basic YTpi",
]


def test_a_wrong_token_is_refused(college: College, subtests: pytest.Subtests) -> None:
    for header in WRONG:
        with subtests.test(header[:20]):
            answer = Client().get("/api/v1/units", headers={"Authorization": header})
            assert problem(answer)[0] == 401


def test_a_wrong_token_does_not_fall_back_to_a_session(college: College) -> None:
    me = logged_in(college, "辅导员")
    answer = me.client.get("/api/v1/units", headers={"Authorization": "Bearer lf_wrong"})
    assert problem(answer)[:2] == (401, "api.token-not-accepted")


def test_a_token_of_a_name_works_once(college: College) -> None:
    integration(Scope.LEDGER_READ, college=college)
    with pytest.raises(tokens.NameIsTaken):
        integration(Scope.LEDGER_READ, college=college)


@pytest.mark.parametrize("scopes", [[], ["everything"]])
def test_a_token_needs_scopes_that_exist(college: College, scopes: list[str]) -> None:
    with pytest.raises(Invalid):
        tokens.issue(name="x", scopes=scopes, unit=None, actor=OPERATOR, now=college.now)


def test_the_day_of_the_last_use_is_noted(college: College) -> None:
    integration(Scope.LEDGER_READ, college=college).get("/me")
    assert Integration.objects.get().last_used_on == college.today


# ---------------------------------------------------------------- sessions


def test_a_change_by_session_needs_its_csrf_token(college: College) -> None:
    me = logged_in(college, "小明")
    bare = Caller(me.client, {})
    assert problem(bare.report({"answers": FINE})) == (403, "api.csrf-token-missing", set())
    assert me.report({"answers": FINE}).status_code == 201


def test_nobody_is_told_anything_without_a_log_in(college: College) -> None:
    nobody = Caller(Client(enforce_csrf_checks=True), {})
    for answer in (nobody.get("/me"), nobody.get("/units"), nobody.report({"answers": FINE})):
        assert problem(answer)[:2] == (401, "api.not-logged-in")


def test_an_account_that_was_ended_is_shut_out_at_once(college: College) -> None:
    me = logged_in(college, "辅导员")
    assert me.get("/units").status_code == 200
    Account.objects.update(is_active=False)
    assert problem(me.get("/units"))[0] == 401


def test_a_post_that_ended_is_a_door_that_is_shut_at_the_next_request(college: College) -> None:
    me = logged_in(college, "辅导员")
    assert me.get("/units/U007/ledger").status_code == 200
    college.unit("网络1班").posts.filter(person=college["辅导员"]).update(held_until=college.today)
    assert problem(me.get("/units/U007/ledger"))[:2] == (404, "not-found")


@pytest.mark.parametrize("processes, each", [(1, 60), (4, 15), (100, 1)])
def test_web_processes_share_the_limit_of_a_person(
    settings: Any, processes: int, each: int
) -> None:
    settings.WEB_PROCESSES = processes
    assert PersonRate(60).num_requests == each


def test_who_writes_too_often_has_to_wait(college: College) -> None:
    from django.core.cache import cache

    cache.clear()
    me = logged_in(college, "小明")
    answers = [me.report({"answers": FINE}, key="once") for _turn in range(61)]
    assert {answer.status_code for answer in answers[:60]} == {201}
    assert problem(answers[60])[:2] == (429, "api.too-often")
    assert int(answers[60].headers["Retry-After"]) > 0
    cache.clear()


# ---------------------------------------------------------------- what is another's

OBJECTS = [
    "/units/U005/ledger",
    "/units/U007/ledger",
    "/units/U007/missing",
    "/units/U007/reports",
    "/units/U007/summaries/A",
]


def test_what_is_anothers_does_not_exist_and_the_try_is_written_down(
    college: College, subtests: pytest.Subtests
) -> None:
    """网络1班 has people, a fever and a figure that could leak: its counselor sees them."""
    college.report("小明", FEVER)
    counselor = logged_in(college, "辅导员")
    for name in ("外辅导员", "外人", "小明"):
        me = logged_in(college, name)
        for path in OBJECTS:
            with subtests.test(f"{name} {path}"):
                assert counselor.get(path.replace("U005", "U007")).status_code == 200
                assert problem(me.get(path)) == (404, "not-found", set())
                entry = Entry.objects.filter(verb="api.request.refused").latest("id")
                told = (entry.actor_id, entry.detail["path"])
                assert told == (college[name].pk, f"/api/v1{path}")


def test_a_bound_token_knows_its_own_units_only(college: College) -> None:
    caller = integration(Scope.LEDGER_READ, unit=college.unit("护理系"), college=college)
    assert {unit["name"] for unit in caller.get("/units").json()["units"]} == {"护理系", "护理1班"}
    assert caller.get("/units/U008/ledger").status_code == 200
    for path in OBJECTS[:2]:
        assert problem(caller.get(path))[0] == 404


NOTHING = [
    "/units/U999/ledger",
    "/units/%00/ledger",
    f"/units/{'x' * 300}/ledger",
    "/units/U005' or 1=1--/ledger",
    "/incidents/99999999999999999999999",
    "/incidents/-1",
    "/incidents/１２",
    "/incidents/0x1",
    "/incidents/1e3",
    "/incidents/9223372036854775807",
    "/reports/%00",
    "/reports/0201-AAAA-AAAA",
    "/units/U005/summaries/C",
    "/units/U005/summaries/%00",
    "/nothing",
    "/",
    "",
]


def test_an_address_that_names_nothing_is_404(college: College, subtests: pytest.Subtests) -> None:
    me = logged_in(college, "书记")
    for path in NOTHING:
        with subtests.test(path[:40]):
            assert problem(me.get(path))[0] == 404


def test_a_day_without_figures_is_refused(college: College, subtests: pytest.Subtests) -> None:
    me = logged_in(college, "书记")
    for day in ("0001-01-01", "9999-12-31", "2020-02-02", "today", "1580515200"):
        for path in ("ledger", "reports", "summaries/B"):
            with subtests.test(f"{path} {day}"):
                answer = me.get(f"/units/U004/{path}", day=day)
                assert problem(answer) == (422, "invalid", {"day"})
        assert problem(me.get("/areas", day=day)) == (422, "invalid", {"day"})


def test_no_list_is_longer_than_200(college: College) -> None:
    me = logged_in(college, "书记")
    for query in ({"limit": 0}, {"limit": 201}, {"offset": -1}, {"limit": 2**70}):
        assert problem(me.get("/units", **query)) == (422, "invalid", set(query))


def test_an_operator_runs_the_machine_and_sees_no_incident(college: College) -> None:
    college.report("小明", FEVER)
    admin = operator(college)
    assert admin.get("/units/U007/ledger").status_code == 200
    assert problem(admin.get("/incidents"))[0] == 403
    assert problem(admin.get("/units/U007/missing"))[0] == 403
    assert problem(admin.report({"answers": FINE}))[0] == 403


# ---------------------------------------------------------------- one shape, two languages


LANGUAGES = [
    ("", "zh-hans", "令牌"),
    ("zh-CN,zh;q=0.9,en;q=0.8", "zh-hans", "令牌"),
    ("en-GB,en;q=0.5", "en", "token"),
    ("fr,de", "zh-hans", "令牌"),
    (";;;q=\x01", "zh-hans", "令牌"),
    ("en;q=0.1," * 2000, "en", "token"),
]


def test_a_refusal_speaks_the_language_that_was_asked_for(
    college: College, subtests: pytest.Subtests
) -> None:
    for header, language, word in LANGUAGES:
        with subtests.test(header[:30]):
            headers = {"Accept-Language": header, "Authorization": "Bearer lf_wrong"}
            answer = Client().get("/api/v1/units", headers=headers)
            assert answer.headers["Content-Language"] == language
            assert word in answer.json()["message"]


def test_a_method_that_an_address_does_not_know_is_named(college: College) -> None:
    answer = Client().delete("/api/v1/units")
    assert problem(answer)[:2] == (405, "api.method-not-allowed")
    assert answer.headers["Allow"] == "GET"


def test_no_answer_is_kept_by_a_cache(college: College) -> None:
    answer = integration(Scope.LEDGER_READ, college=college).get("/units/U005/ledger")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Accept-Language" in answer.headers["Vary"]


def test_a_strange_host_is_refused_and_a_forwarded_address_is_not_believed(
    college: College,
) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-For": "1.1.1.1"}
    assert Client().get("/api/v1/me", headers=headers).status_code == 400


# ---------------------------------------------------------------- the document


def test_the_document_in_the_project_is_what_the_api_says_of_itself() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == current_document()


def operations() -> list[tuple[str, dict[str, Any]]]:
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.parametrize("name,operation", operations())
def test_an_operation_says_how_it_can_be_refused_and_what_it_needs(
    name: str, operation: dict[str, Any]
) -> None:
    assert {str(status) for status in PROBLEM_STATUSES} <= operation["responses"].keys()
    assert operation["description"]
    assert {key for one in operation["security"] for key in one} == {
        "IntegrationToken",
        "PersonSession",
    }


def test_every_address_is_in_the_document() -> None:
    from lianfang.api.urls import urlpatterns

    routes = {
        "/api/" + str(one.pattern).replace("<", "{").replace(">", "}")
        for one in urlpatterns[:-1]  # the last one answers for whatever is not there
        if one.name not in {"openapi-json", "api-root"}
    }
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    assert routes == document["paths"].keys()


def test_the_document_is_open_to_everybody(college: College) -> None:
    answer = Client().get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["info"]["title"].startswith("Lianfang")


def refusals() -> set[str]:
    return {
        code
        for path in (ROOT / "lianfang" / "api").rglob("*.py")
        for code in re.findall(r'code = "(api\.[a-z-]+)"', path.read_text(encoding="utf-8"))
    }


def test_every_scope_and_every_refusal_is_explained() -> None:
    manual = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert len(refusals()) > 15
    assert {word for word in [*refusals(), *Scope.values] if f"`{word}`" not in manual} == set()


# ---------------------------------------------------------------- the command line


def test_a_token_is_made_shown_once_listed_and_ended_on_the_command_line(
    college: College, capsys: pytest.CaptureFixture[str]
) -> None:
    scopes = ["--scope", "ledger:read", "--scope", "people:read"]
    assert main(["token", "create", "宿管", *scopes, "--unit", "U005"]) == 0
    token = capsys.readouterr().out.strip()
    assert main(["token", "list"]) == 0
    shown = capsys.readouterr().out
    assert "宿管\tledger:read,people:read\tU005" in shown
    assert token not in shown
    caller = Caller(Client(), {"Authorization": f"Bearer {token}"})
    assert caller.get("/units").status_code == 200
    assert main(["token", "create", "宿管", *scopes]) == 3
    assert main(["token", "create", "x", *scopes, "--unit", "nowhere"]) == 2
    assert main(["token", "revoke", "宿管"]) == 0
    assert caller.get("/units").status_code == 401
    assert main(["token", "revoke", "宿管"]) == 3
