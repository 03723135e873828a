"""Callers of the API as other systems and logged-in people are: through the whole stack."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lianfang.accounts.models import Account
from lianfang.api import tokens
from lianfang.api.models import Scope
from lianfang.kernel.actors import OPERATOR
from lianfang.roster.models import Unit
from tests.cast import College

FINE: dict[str, Any] = {
    "unwell": False,
    "temperature": 36.5,
    "site": "axilla",
    "county_code": "511702",
    "presence": "AT_HOME",
    "visited": False,
    "met": False,
    "truth": True,
}
FEVER: dict[str, Any] = FINE | {
    "unwell": True,
    "symptoms": ["fever", "dry_cough"],
    "temperature": 38.2,
    "onset_on": "2020-02-01",
}
# RFC 9457, and our own.
PROBLEM = {"type", "title", "status", "detail", "code", "message", "fields"}


class Caller:
    """Speaks to /api/v1; `headers` says who it is."""

    def __init__(self, client: Client, headers: dict[str, str]) -> None:
        self.client = client
        self.headers = headers

    def acting_for(self, number: str) -> Caller:
        """The same token, for a person."""
        return Caller(self.client, self.headers | {"Acting-For": number})

    def upload(self, path: str, /, fields: Any, **files: bytes) -> Any:
        """A form with files, as a browser or a script sends it."""
        sent = {name: SimpleUploadedFile(f"{name}.csv", data) for name, data in files.items()}
        return self.client.post(f"/api/v1{path}", fields | sent, headers=self.headers)

    def get(self, path: str, /, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: Any, /, **headers: str) -> Any:
        return self.send(path, json.dumps(body).encode(), **headers)

    def send(
        self, path: str, data: bytes, /, content_type: str = "application/json", **headers: str
    ) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"/api/v1{path}",
            data=data,
            content_type=content_type,
            headers=self.headers | named,
        )

    def report(self, body: Any, *, key: str = "", **headers: str) -> Any:
        return self.post("/reports", body, Idempotency_Key=key or uuid.uuid4().hex, **headers)


def integration(
    *scopes: Scope, name: str = "教务系统", unit: Unit | None = None, college: College
) -> Caller:
    """Another system with a token of these scopes."""
    token = tokens.issue(
        name=name, scopes=[str(s) for s in scopes], unit=unit, actor=OPERATOR, now=college.now
    )
    return Caller(Client(enforce_csrf_checks=True), {"Authorization": f"Bearer {token}"})


def acting(college: College, name: str, *scopes: Scope, token: str = "校医院系统") -> Caller:
    """Another system that acts for somebody of the cast; of every scope unless told otherwise."""
    found = integration(*(scopes or tuple(Scope)), name=token, college=college)
    return found.acting_for(college[name].number)


def logged_in(college: College, name: str) -> Caller:
    """Somebody of the cast with a session, and the CSRF token that GET /me gives."""
    person = college[name]
    account, _ = Account.objects.get_or_create(
        person=person, defaults={"login": person.number, "created_at": college.now}
    )
    return _with_session(account)


def operator(college: College) -> Caller:
    account = Account.objects.create(login="admin", is_operator=True, created_at=college.now)
    return _with_session(account)


def _with_session(account: Account) -> Caller:
    client = Client(enforce_csrf_checks=True)
    client.force_login(account, backend="lianfang.accounts.backends.NumberBackend")
    token = client.get("/api/v1/me").json()["csrf_token"]
    return Caller(client, {"X-CSRFToken": token})


def answered(answer: Any) -> dict[str, Any]:
    """What a request was answered with that should have gone well."""
    return _body(answer, 200)


def made(answer: Any) -> dict[str, Any]:
    """What a request has made that should have made something."""
    return _body(answer, 201)


def _body(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content.decode()
    body: dict[str, Any] = answer.json()
    return body


def problem(answer: Any) -> tuple[int, str, set[str]]:
    """Status, code and fields of a refusal; fails when it has another shape."""
    body = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(body) == PROBLEM
    assert body["message"] == body["detail"] != ""
    assert body["type"] == f"urn:problem-type:lianfang:{body['code']}"
    assert body["status"] == answer.status_code
    return answer.status_code, body["code"], set(body["fields"])
