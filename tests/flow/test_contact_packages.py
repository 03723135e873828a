"""Handing over: least fields, two persons, a frozen file with its mark, receipt and answer."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, transaction

from lianfang.audit.models import Entry
from lianfang.contacts import packaging
from lianfang.contacts.models import Disclosure, Investigation, Package, PackageFact
from lianfang.kernel.refusals import Forbidden, Invalid
from lianfang.notifications.models import Message
from lianfang.usecases import contact_packages, contact_tracing
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    found = contact_tracing.open_for(
        person=college["小明"], incident=None, anchor_on=date(2020, 1, 31), by=college["值班员"],
        actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    contact_tracing.decide(
        investigation=found, contacts=list(found.contacts.all()), state="CONFIRMED", text="",
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    return college


def ask(college: College, **more: Any) -> Package:
    values: dict[str, Any] = {
        "organisation": "通川区疾控中心", "receiver": "王医生", "purpose": "流行病学调查",
        "request_number": "通疾控函〔2020〕3号", "fields": list(packaging.MINIMUM),
        "states": ["CONFIRMED", "DETERMINED"], "layout": "XLSX",
    } | more  # fmt: skip
    return contact_packages.ask(
        investigation=Investigation.objects.get(), by=college["值班员"],
        actor=college.actor("值班员"), now=college.now, **values,
    )  # fmt: skip


def approve(college: College, package: Package, by: str = "书记") -> Package:
    return contact_packages.approve(
        package=package, by=college[by], actor=college.actor(by), now=college.now
    )


def fetch(college: College, package: Package, by: str = "值班员") -> bytes:
    return contact_packages.fetch(
        package=package, by=college[by], actor=college.actor(by), now=college.now
    )


def test_the_file_has_the_chosen_fields_and_no_other_and_names_who_took_it_out(
    college: College,
) -> None:
    package = approve(college, ask(college))
    data = fetch(college, package)
    assert hashlib.sha256(data).hexdigest() == package.digest
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.active is not None
    rows = list(book.active.iter_rows(values_only=True))
    mark = str(rows[0][0])
    for part in ("值班员", "书记", "王医生", "通疾控函〔2020〕3号", "2020-02-01 08:00"):
        assert part in mark
    assert book.properties.description == mark  # hidden, and the same
    assert len(rows[1]) == 4
    assert {str(row[1]) for row in rows[2:]} == {"小红", "小刚"}
    said = str(rows)
    assert "小明" not in said  # the case is a code
    assert "网络1班" not in said


def test_a_csv_carries_its_mark_beside_every_row(college: College) -> None:
    package = approve(college, ask(college, layout="CSV", fields=["name", "unit"]))
    rows = list(csv.reader(io.StringIO(fetch(college, package).decode("utf-8-sig"))))
    assert {row[-1] for row in rows[2:]} == {f"{package.investigation.code}-{package.pk}-{college['值班员'].pk}"}  # fmt: skip


def test_who_asked_cannot_approve(college: College) -> None:
    package = ask(college)
    with pytest.raises(packaging.SecondPersonNeeded):
        approve(college, package, by="值班员")
    with pytest.raises(packaging.PackageMovedOn):
        fetch(college, package)
    with pytest.raises(DatabaseError), transaction.atomic():
        Package.objects.update(approved_by=college["值班员"])


def test_nobody_but_who_asked_fetches_it_and_not_after_it_expired(college: College) -> None:
    package = approve(college, ask(college))
    with pytest.raises(Forbidden):
        fetch(college, package, by="书记")
    college.now += timedelta(days=7)
    with pytest.raises(packaging.PackageExpired):
        fetch(college, package)
    assert not PackageFact.objects.filter(kind="FETCHED").exists()


def test_a_frozen_file_does_not_change_when_the_contacts_do(college: College) -> None:
    package = approve(college, ask(college))
    before = fetch(college, package)
    found = Investigation.objects.get()
    contact_tracing.decide(
        investigation=found, contacts=list(found.contacts.all()[:1]), state="DISMISSED", text="x",
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip
    assert fetch(college, package) == before
    assert PackageFact.objects.filter(kind="FETCHED").count() == 2


def test_each_disclosure_is_logged_for_three_years_and_for_the_person(college: College) -> None:
    package = approve(college, ask(college))
    rows = list(Disclosure.objects.all())
    assert {row.contact.person for row in rows} == {college["小红"], college["小刚"]}
    assert all(row.keep_until == date(2023, 2, 1) for row in rows)
    assert all(row.fields == list(packaging.MINIMUM) for row in rows)
    entry = Entry.objects.get(verb="contacts.contact.disclosed", concerns=college["小红"].pk)
    assert entry.detail["organisation"] == "通川区疾控中心"
    with pytest.raises(DatabaseError), transaction.atomic():
        Disclosure.objects.filter(package=package).update(fields=[])


def test_a_receipt_and_an_answer_that_stay_out_are_asked_for(college: College) -> None:
    package = approve(college, ask(college))
    who: dict[str, Any] = {"by": college["值班员"], "actor": college.actor("值班员")}
    contact_packages.hand_over(package=package, text="加密邮件", now=college.now, **who)
    college.fast_forward(hours=23)
    assert college.told(reference="contact-package:") == []
    college.fast_forward(hours=1)
    assert college.told(reference="contact-package:") == ["值班员"]
    letter = Message.objects.get(reference__startswith="contact-package:")
    assert not any(word in letter.body for word in ("小明", "小红", "密", "接触"))
    contact_packages.receipt(package=package, text="王医生电话确认", now=college.now, **who)
    college.fast_forward(hours=24)
    assert college.told(reference="contact-package:") == ["值班员", "值班员"]
    contact_packages.answered(package=package, text="2人判定为密接", now=college.now, **who)
    assert package.state == "ANSWERED"
    college.fast_forward(days=2)
    assert len(college.told(reference="contact-package:")) == 2
    with pytest.raises(packaging.PackageMovedOn):
        contact_packages.answered(package=package, text="又答", now=college.now, **who)


@pytest.mark.parametrize(
    "wrong",
    [
        {"organisation": " "}, {"receiver": ""}, {"purpose": ""}, {"request_number": ""},
        {"fields": []}, {"fields": ["identity"]}, {"fields": ["name", "address"]},
        {"states": []}, {"states": ["PROPOSED"]}, {"layout": "DOC"},
    ],
    ids=str,
)  # fmt: skip
def test_a_package_without_request_receiver_or_purpose_is_refused(
    college: College, wrong: dict[str, object]
) -> None:
    with pytest.raises(Invalid):
        ask(college, **wrong)
    assert not Package.objects.exists()


def test_a_refusal_has_its_reason_and_nothing_to_hand_over_is_said(college: College) -> None:
    package = ask(college)
    with pytest.raises(packaging.NobodyToHandOver):
        ask(college, states=["CASUAL"])
    with pytest.raises(Invalid):
        contact_packages.refuse(
            package=package,
            text="",
            by=college["书记"],
            actor=college.actor("书记"),
            now=college.now,
        )
    contact_packages.refuse(
        package=package, text="没有书面请求", by=college["书记"], actor=college.actor("书记"),
        now=college.now,
    )  # fmt: skip
    with pytest.raises(packaging.PackageMovedOn):
        approve(college, package)
