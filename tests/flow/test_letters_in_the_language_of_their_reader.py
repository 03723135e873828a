"""Whoever chose English is written to in English, whoever has caused the letter."""

from __future__ import annotations

import pytest
from django.utils import translation

from lianfang.accounts.models import Account
from lianfang.directives.audience import Asked
from lianfang.directives.models import SupervisionItem
from lianfang.directives.operations import Wording
from lianfang.notifications.models import Message
from lianfang.usecases import directives, supervision
from tests.cast import FEVER, College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def college(college: College) -> College:
    for name, language in (("主任", "en"), ("值班员", "zh-hans")):
        Account.objects.update_or_create(
            login=college[name].number,
            defaults={
                "person": college[name], "language": language, "created_at": college.now,
            },
        )  # fmt: skip
    return college


def body(college: College, name: str, reference: str) -> str:
    letters = Message.objects.filter(recipient=college[name], reference__startswith=reference)
    return letters.order_by("id")[0].body


def is_chinese(text: str) -> bool:
    return sum("\u4e00" <= sign <= "\u9fff" for sign in text) > len(text) / 3


@pytest.mark.parametrize("page", ["en", "zh-hans"])
def test_an_alert_is_read_by_each_in_their_own(college: College, page: str) -> None:
    with translation.override(page):
        college.report("小明", FEVER)
    assert not is_chinese(body(college, "主任", "escalation:"))
    assert is_chinese(body(college, "值班员", "escalation:"))
    assert is_chinese(body(college, "辅导员", "escalation:")), "no account: the college's"


def test_a_directive_and_a_matter_too(college: College) -> None:
    with translation.override("zh-hans"):
        version = directives.draft(
            issuer=college.unit("学院"), number="1", files=[],
            wording=Wording(
                title="Plan", body="x", urgency="URGENT",
                acknowledge_due_at=college.at("12:00"),
                audience=[
                    Asked(unit=college.unit("信息系")), Asked(unit=college.unit("网络1班")),
                ],
            ),
            by=college["书记"], actor=college.actor("书记"), now=college.now,
        )  # fmt: skip
        directives.publish(
            version=version, signer=college["组长"], actor=college.actor("组长"), now=college.now
        )
        supervision.assign(
            source=SupervisionItem.Source.INSPECTION, origin="", title="Canteen", text="",
            unit=college.unit("信息系"), owner=None, due_at=college.at("18:00"), files=(),
            by=college["书记"], actor=college.actor("书记"), now=college.now,
        )  # fmt: skip
    assert not is_chinese(body(college, "主任", "directive:"))
    assert is_chinese(body(college, "辅导员", "directive:"))
    assert not is_chinese(body(college, "主任", "item:"))


def test_the_reminder_to_sign_too(college: College) -> None:
    college.fast_forward(hours=7)
    assert not is_chinese(body(college, "主任", "unit-reminder:"))
    assert is_chinese(body(college, "辅导员", "unit-reminder:"))
