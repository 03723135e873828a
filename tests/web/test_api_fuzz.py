"""Whatever is sent, the API answers in its own words and never with 500.

Two kinds of noise: JSON of any shape, and good reports with one value replaced by any other.
"""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianfang.api.models import Scope
from tests.api import FEVER, PROBLEM, Caller, integration, logged_in
from tests.api_examples import Operation, operations
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)

quietly = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
numbers = st.one_of(
    st.integers(min_value=-(2**80), max_value=2**80), st.floats(allow_nan=True, width=64)
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    st.text(max_size=30),
    st.sampled_from(["\x00", "\ud800", "2020-02-01", "9999-12-31", "fever", "511702", "１２"]),
)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture
def caller(college: College) -> Caller:
    return integration(*Scope, college=college)


def understood(answer: Any) -> None:
    """An answer of ours: a success, or a refusal in the one shape."""
    assert answer.status_code in {200, 201, 400, 403, 404, 409, 410, 413, 415, 422, 429}
    if answer.status_code >= 400:
        assert set(answer.json()) == PROBLEM


def send(caller: Caller, path: str, body: Any) -> Any:
    text = json.dumps(body, ensure_ascii=True)
    return caller.send(path, text.encode(), Idempotency_Key=uuid.uuid4().hex)


@quietly
@given(body=anything)
@pytest.mark.parametrize("path", ["/reports", "/reports/batch", "/incidents/1/acknowledge"])
def test_any_json_is_understood(caller: Caller, path: str, body: Any) -> None:
    understood(send(caller, path, body))


@quietly
@given(data=st.binary(max_size=200))
def test_any_bytes_are_understood(caller: Caller, data: bytes) -> None:
    understood(caller.send("/reports", data, Idempotency_Key="k"))


def places_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places_in(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places_in(inner, (*path, number))


GOOD = {
    "person": "",
    "day": "2020-02-01",
    "client_time": "2020-02-01T08:00:00+08:00",
    "answers": FEVER
    | {"visited": True, "visited_area": "420100", "left_on": "2020-01-20", "note": "咳"}
    | {"met": True, "met_on": "2020-01-21", "not_measured": "", "met_case": False},
}


@quietly
@given(place=st.sampled_from(list(places_in(GOOD))), value=anything)
def test_a_report_with_any_one_value_is_understood(
    college: College, caller: Caller, place: tuple[Any, ...], value: Any
) -> None:
    body: Any = copy.deepcopy(GOOD)
    body["person"] = college["小明"].number
    target = body
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    understood(send(caller, "/reports", body))
    entry = {name: inner for name, inner in body.items() if name != "client_time"}
    understood(send(caller, "/reports/batch", {"reports": [entry | {"key": uuid.uuid4().hex}]}))


@quietly
@given(
    path=st.sampled_from(
        ["/units", "/units/{}/ledger", "/units/{}/missing", "/units/{}/reports", "/incidents/{}",
         "/units/U005/summaries/{}", "/reports/{}", "/areas"]
    ),
    word=st.text(alphabet=st.characters(blacklist_characters="/?#"), min_size=1, max_size=20),
    query=st.dictionaries(
        st.sampled_from(["day", "limit", "offset", "below", "state", "format", "language"]),
        st.text(max_size=12),
        max_size=3,
    ),
)  # fmt: skip
def test_any_address_is_understood(
    college: College, path: str, word: str, query: dict[str, str]
) -> None:
    me = logged_in(college, "书记")
    address = path.format(quote(word, errors="surrogatepass"))
    safe = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    understood(me.get(address, **safe))


# ---------------------------------------------------------------- every address of the document

CHANGES = [one for one in operations() if one.method == "post" and not one.takes_files]
SPOTS = [(one, place) for one in CHANGES for place in places_in(one.body())]


@quietly
@given(spot=st.sampled_from(SPOTS), value=anything, key=st.sampled_from(["1", "U005", "x"]))
def test_a_good_request_with_any_one_value_is_understood(
    college: College, caller: Caller, spot: tuple[Operation, tuple[Any, ...]], value: Any, key: str
) -> None:
    operation, place = spot
    body: Any = copy.deepcopy(operation.body())
    target = body
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    acting = caller.acting_for(college["书记"].number)
    understood(send(acting, operation.address(key), body))


@quietly
@given(
    operation=st.sampled_from(list(operations())),
    word=st.text(alphabet=st.characters(blacklist_characters="/?#"), min_size=1, max_size=20),
    body=anything,
)
def test_any_word_in_any_address_is_understood(
    college: College, caller: Caller, operation: Operation, word: str, body: Any
) -> None:
    address = operation.address(quote(word, errors="surrogatepass"))
    acting = caller.acting_for(college["书记"].number)
    if operation.method == "get":
        understood(acting.get(address, **operation.query()))
    else:
        understood(send(acting, address, body))
