"""The document against the routes: what it says of scopes, keys and refusals is so."""

from __future__ import annotations

import re

import pytest

from lianfang.api.models import Scope
from tests.api import Caller, integration, logged_in, operator, problem
from tests.api_examples import Operation, operations
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)
ALL = list(operations())
# Open to every token; what is somebody's own says "Session only".
OPEN = {"me", "areas", "area_editions", "hospitals"}
# An answer with a secret is kept nowhere; a look repeats nothing but its trace.
WITHOUT_KEY = {
    "reveal_phone", "issue_codes", "shift_phone", "drill_phone", "call_phone", "open_feed",
    "submit_reports", "mark_messages_read", "preview_audience", "visit_phone",
}  # fmt: skip
SCOPE = re.compile(r"`([a-z]+:[a-z]+)`")


def scopes_of(one: Operation) -> list[str]:
    """In the order in which the description names them; the first is asked for first."""
    return [word for word in SCOPE.findall(one.description) if word in Scope.values]


def test_every_operation_says_which_scope_opens_it() -> None:
    silent = [
        str(one)
        for one in ALL
        if not scopes_of(one) and "Session only" not in one.description and one.name not in OPEN
    ]
    assert silent == []
    assert len(ALL) > 250


def test_every_scope_opens_something_and_every_word_of_a_scope_exists() -> None:
    named = {word for one in ALL for word in SCOPE.findall(one.description)}
    assert named == set(Scope.values)


def test_without_the_scope_it_names_an_operation_is_shut(
    college: College, subtests: pytest.Subtests
) -> None:
    """A token with every other scope, and a person who may do everything."""
    tokens: dict[str, Caller] = {}
    for one in ALL:
        if not (named := scopes_of(one)):
            continue
        scope = named[0]
        if scope not in tokens:
            others = [other for other in Scope if other != scope]
            token = integration(*others, name=scope, college=college)
            tokens[scope] = token.acting_for(college["书记"].number)
        with subtests.test(str(one)):
            assert problem(one.send(tokens[scope]))[:2] == (403, "api.scope-missing")


def test_with_every_scope_no_operation_lacks_one(
    college: College, subtests: pytest.Subtests
) -> None:
    """So no address asks for more than its description says."""
    for one in ALL:
        named = scopes_of(one) + re.findall(r"needs? `([a-z]+:[a-z]+)`", one.description)
        if not named:
            continue
        token = integration(*map(Scope, set(named)), name=f"t-{one.name}", college=college)
        with subtests.test(str(one)):
            answer = one.send(token.acting_for(college["书记"].number))
            code = answer.json()["code"] if answer.status_code >= 400 else ""
            assert code != "api.scope-missing"


def test_a_person_of_whom_nothing_is_asked_opens_nothing_of_others(
    college: College, subtests: pytest.Subtests
) -> None:
    """A student, on every address of the desk: nothing is told, nothing is changed."""
    mine = {
        "me", "areas", "area_editions", "hospitals", "my_reports", "my_receipt", "my_messages",
        "mark_messages_read", "looks_at_me", "my_summonses", "answer_summons", "submit_report",
        "my_monitoring", "check_myself", "contest_my_file", "my_quarantine", "check_my_quarantine",
        "ask_for_myself", "ask_my_release", "my_survey", "answer_survey", "confirm_survey",
        "want_texts",
    }  # fmt: skip
    empty = {"list_units", "list_incidents", "call_backs", "list_directives", "my_directives",
             "list_items", "list_needs", "plan", "times"}  # fmt: skip
    me = logged_in(college, "小明")
    for one in ALL:
        if one.name in mine:
            continue
        with subtests.test(str(one)):
            answer = one.send(me, value="U007" if "{code}" in one.path else "1")
            if one.name in empty:
                assert answer.status_code == 200
                assert "小红" not in answer.content.decode()
            else:
                assert problem(answer)[0] in {403, 404, 422}


def test_an_operator_changes_nothing_that_people_answer_for(
    college: College, subtests: pytest.Subtests
) -> None:
    admin = operator(college)
    for one in ALL:
        if any(scope in {"reports:sign", "incidents:write", "calls:write", "answers:read",
                         "directives:write", "levels:write", "care:read", "care:write"} for scope in scopes_of(one)):  # fmt: skip
            with subtests.test(str(one)):
                answer = one.send(admin, value="U007" if "{code}" in one.path else "1")
                if answer.status_code == 200:
                    assert answer.json().get("total", 0) == 0
                else:
                    assert problem(answer)[0] in {403, 404, 409, 422}


def test_every_change_takes_a_key_but_those_that_say_why_not() -> None:
    without = {one.name for one in ALL if one.method == "post" and not one.takes_key}
    assert without == WITHOUT_KEY
