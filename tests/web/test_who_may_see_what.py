"""Every page, every kind of viewer, with data that could leak (RELIABILITY rows 12 and 13).

小明 reported a fever; every address that names something of his is opened by people who may
see less than all of it. Whatever a page answers, it must not show what is not theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from lianfang.accounts.models import Account
from lianfang.clusters.models import Alert, AlertPerson, AlertStep, Sign
from lianfang.contacts.deciding import Authority
from lianfang.contacts.models import Contact, Investigation, Package
from lianfang.contacts.models import Visit as ContactVisit
from lianfang.doubts.models import Contradiction, Question
from lianfang.doubts.operations import ask as ask_about
from lianfang.duty.models import DutyShift
from lianfang.escalation.links import link_token
from lianfang.escalation.models import Summons
from lianfang.incidents.models import Incident
from lianfang.monitoring.models import MonitoringFile
from lianfang.monitoring.operations import open_file
from lianfang.quarantine.models import Bed, Order
from lianfang.reporting.models import CallRecord, DailyReport
from lianfang.reporting.operations import record_call
from lianfang.roster.models import Post
from lianfang.screening.models import ExposureHit
from lianfang.usecases import contact_packages, contact_tracing, contact_visits, quarantine_needs
from tests import survey_cast
from tests.cast import FEVER, College
from tests.flow import quarantine_cast

pytestmark = pytest.mark.django_db(transaction=True)

NAME = ("小明",)
PHONE = ("0000001", "+86142")
JOURNEY = ("G7531", "3车12A")  # the train of a trip that a list has caught
HEALTH = (
    "38.2",
    "干咳",
    "dry_cough",
    "Dry cough",
    "夜里发冷",
    "已就医",
    "与亲戚聚餐",
    "同桌吃饭",
    "降压药",
    *JOURNEY,
)
# What each viewer must never be shown anywhere; the counselor of 小明's class sees it all.
HIDDEN = {
    "nobody": NAME + HEALTH,
    "外人": NAME + HEALTH,
    "外辅导员": NAME + HEALTH,
    "小红": HEALTH,  # class reporter: who has reported, and nothing else
    "组长": NAME + HEALTH,  # leading group: figures and codes
    "operator": NAME + HEALTH,
}
# Pages on which a name is there for another reason than that somebody is ill or has reported.
NAMED_FOR_ANOTHER_REASON = {
    ("operator", "desk-posts"), ("operator", "desk-unit-posts"), ("operator", "desk-unit-codes"),
}  # fmt: skip


def every_name(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from every_name(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + str(pattern.pattern), {"name": pattern.name, "of": pattern.pattern}


PAGES = {
    found["name"]: found["of"]
    for path, found in every_name(get_resolver().url_patterns)
    if not path.startswith("api/")
}


@pytest.fixture
def college(college: College) -> College:
    college.appoint("小红", "网络1班", "CLASS_REPORTER")
    college.report("小明", replace(FEVER, note="夜里发冷"))
    record_call(
        person=college["小明"], day=college.today, outcome=CallRecord.Outcome.CONFIRMED,
        note="已就医", called_by=college["辅导员"], actor=college.actor("辅导员"), now=college.now,
    )  # fmt: skip
    survey_cast.caught(college, "小明")
    open_file(
        person=college["小明"], category="MET_FROM_AREA", reason="与亲戚聚餐", evidence="",
        last_exposure_on=college.today, source="desk", by=college["主任"], actor=college.actor("主任"),
        now=college.now, is_verified=True,
    )  # fmt: skip
    _an_alert(college)
    _in_quarantine(college)
    _as_contact(college)
    return college


def _in_quarantine(college: College) -> None:
    """小明 in a room of the college, with a need, a question about his reports, a contradiction."""
    quarantine_cast.house(college)
    one = quarantine_cast.order(college)
    quarantine_cast.move_in(college, one, "101")
    quarantine_needs.ask(
        order=one, kind="MEDICINE", text="降压药", by=college["小明"],
        actor=college.actor("小明"), now=college.now,
    )  # fmt: skip
    ask_about(
        unit_id=college.unit("网络1班").pk, day=college.today,
        signs={college["小明"].pk: ("SAME_SECOND",)}, now=college.now,
    )  # fmt: skip
    Contradiction.objects.create(
        person=college["小明"], unit=college.unit("网络1班"), day=college.today,
        kind="AWAY_BUT_GATE", found_at=college.now,
        records={"records": [{"what": "GATE", "value": "IN", "at": college.now.isoformat()}]},
    )  # fmt: skip


def _an_alert(college: College) -> None:
    """小明 in a cluster of the class, with words that name his illness."""
    report = DailyReport.objects.get()
    alert = Alert.objects.create(
        edition=report.edition, unit=college.unit("网络1班"), opened_at=college.now
    )
    alert.groups.create(kind="CLASS", code=college.unit("网络1班").code, name="网络1班", size=3)
    AlertPerson.objects.create(
        alert=alert, person=college["小明"], joined_at=college.now,
        sign=Sign.objects.filter(person=college["小明"])[0],
    )  # fmt: skip
    AlertStep.objects.create(
        alert=alert, kind="NOTE", at=college.now, by=college["辅导员"], text="小明夜里发冷"
    )


def _as_contact(college: College) -> None:
    """小明 is a contact of 外人: named on a list, called every day, handed over in a package."""
    who: dict[str, Any] = {
        "by": college["值班员"], "actor": college.actor("值班员"), "now": college.now,
    }  # fmt: skip
    case = contact_tracing.open_for(
        person=college["外人"], incident=None, anchor_on=college.today, **who
    )
    named = contact_tracing.name_contact(
        investigation=case, person=college["小明"], outsider=None, last_on=college.today,
        mode="SHARED_MEAL", protection="NONE", text="同桌吃饭", **who,
    )  # fmt: skip
    contact_tracing.determine(
        investigation=case, contacts=[named], authority=Authority(officer="王医生"), **who
    )
    contact_visits.join_team(
        investigation=case, person=college["值班员"], actor=who["actor"], now=college.now
    )
    package = contact_packages.ask(
        investigation=case, organisation="疾控", receiver="王医生", purpose="流调",
        request_number="3", fields=["name", "phone"], states=["DETERMINED"], layout="CSV", **who,
    )  # fmt: skip
    contact_packages.approve(
        package=package, by=college["书记"], actor=college.actor("书记"), now=college.now
    )


def client_of(college: College, viewer: str) -> Client:
    client = Client()
    if viewer == "nobody":
        return client
    person = None if viewer == "operator" else college[viewer]
    account = Account.objects.create(
        login=person.number if person else "admin", person=person, is_operator=person is None,
        password="!", created_at=college.now,
    )  # fmt: skip
    client.force_login(account, backend="lianfang.accounts.backends.NumberBackend")
    return client


def addresses(college: College) -> Iterator[tuple[str, str]]:
    """Every page, with the keys of what belongs to 小明 wherever it takes one."""
    report = DailyReport.objects.get(person=college["小明"])
    summons = Summons.objects.filter(person=college["辅导员"]).get()
    unit = college.unit("网络1班").pk
    by_page = {
        "desk-incident": Incident.objects.get().pk, "desk-person": college["小明"].pk,
        "desk-answers": college["小明"].pk, "desk-call": college["小明"].pk,
        "desk-call-record": college["小明"].pk, "desk-phone": college["小明"].pk,
        "desk-proxy": college["小明"].pk, "desk-post-dismiss": Post.objects.order_by("pk")[0].pk,
        "desk-call-back": report.pk, "desk-call-back-settle": report.pk,
        "desk-summons-answer": summons.pk, "desk-duty-phone": college["小明"].pk,
        "desk-monitoring-file": MonitoringFile.objects.get().pk,
        "desk-monitoring-act": MonitoringFile.objects.get().pk,
        "desk-duty-shift": DutyShift.objects.order_by("pk")[0].pk,
        "desk-survey-person": college["小明"].pk, "desk-survey-said": college["小明"].pk,
        "desk-survey-enter": college["小明"].pk, "desk-exposure": ExposureHit.objects.get().pk,
        "desk-exposure-verify": ExposureHit.objects.get().pk,
    }  # fmt: skip
    by_word: dict[str, Any] = {
        "unit": unit, "day": college.today.isoformat(), "kind": "A", "province": "510000",
        "code": "510000", "version": 1, "number": 1, "receipt": report.receipt,
        "token": link_token(summons), "id": "nothing", "channel": "sms_http", "secret": "x",
    }  # fmt: skip
    case = Investigation.objects.get().pk
    by_page |= {name: case for name in PAGES if name.startswith("desk-contacts")}
    package, contact = Package.objects.get().pk, Contact.objects.get(state="DETERMINED").pk
    by_page |= {"desk-contacts-package": package, "desk-contacts-file": package}
    by_page |= {"desk-contacts-end": contact, "desk-contacts-visit": ContactVisit.objects.get().pk}
    alert = Alert.objects.get().pk
    by_page |= {name: alert for name in PAGES if name.startswith("desk-cluster")}
    order = Order.objects.get()
    by_page |= {name: order.pk for name in PAGES if name.startswith("desk-quarantine")}
    by_page |= {
        "desk-quarantine-need": order.needs.get().pk, "desk-quarantine-bed": Bed.objects.all()[0].pk,
        "desk-doubts-answer": Question.objects.get().pk,
        "desk-doubts-close": Contradiction.objects.get().pk,
    }  # fmt: skip
    for name, pattern in PAGES.items():
        words = pattern.regex.groupindex if hasattr(pattern, "regex") else {}
        keys = {word: by_word.get(word, by_page.get(name, unit)) for word in words}
        yield name, reverse(name, kwargs=keys)


@pytest.mark.parametrize("viewer", list(HIDDEN))
def test_nobody_is_shown_what_is_not_theirs(college: College, viewer: str) -> None:
    client = client_of(college, viewer)
    opened = 0
    for name, address in addresses(college):
        answer = client.get(address)
        assert answer.status_code < 500, (viewer, address, answer.status_code)
        if (viewer, name) in NAMED_FOR_ANOTHER_REASON:
            continue
        text = b"".join(answer) if answer.streaming else answer.content
        shown = text.decode("utf-8", "replace")
        leaked = [word for word in (*HIDDEN[viewer], *PHONE) if word in shown]
        if name == "portal-report" or name == "portal-report-day":
            leaked = [word for word in leaked if word not in HEALTH]  # the form asks about symptoms
        assert not leaked, f"{viewer} sees {leaked} on {address}"
        opened += answer.status_code == 200
    assert opened >= (4 if viewer == "nobody" else 8), "the walk opened too little to prove much"


@pytest.mark.parametrize("viewer", ["外人", "外辅导员"])
def test_what_is_not_theirs_does_not_exist_for_them(college: College, viewer: str) -> None:
    client = client_of(college, viewer)
    pages = dict(addresses(college))
    refused = 404 if viewer == "外辅导员" else 403
    for name in (
        "desk-incident", "desk-person", "desk-answers", "desk-unit", "desk-sign",
        "desk-survey-person", "desk-survey-said", "desk-exposure",
    ):  # fmt: skip
        assert client.get(pages[name]).status_code in {refused, 404}, name


def test_the_counselor_of_the_class_does_see_it(college: College) -> None:
    """The same walk with the same data: what is hidden above is really there."""
    client = client_of(college, "辅导员")
    pages = dict(addresses(college))
    for name in ("desk-person", "desk-incident", "desk-answers", "desk-cluster"):
        answer = client.get(pages[name])
        assert answer.status_code == 200, name
        assert "小明" in answer.content.decode(), name
    assert "38.2" in client.get(pages["desk-answers"]).content.decode()
    for name in ("desk-survey-said", "desk-exposure"):
        assert "G7531" in client.get(pages[name]).content.decode(), name


def test_no_page_changes_anything_when_it_is_only_opened(college: College) -> None:
    """A link that a phone fetches ahead answers nothing and signs nothing."""
    client = client_of(college, "辅导员")
    for _name, address in addresses(college):
        client.get(address)
    assert Incident.objects.get().state == "OPEN"
    assert not Summons.objects.filter(answered_at__isnull=False).exists()
    assert DailyReport.objects.count() == 1
