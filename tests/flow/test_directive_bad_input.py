"""What a directive refuses, each in words, with nothing stored (issue: bad input)."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from lianfang.directives import attachments
from lianfang.directives.attachments import FileNotTaken, FileTooLarge, TooManyFiles, Upload
from lianfang.directives.audience import Asked
from lianfang.directives.models import Attachment, Directive, DirectiveReceipt, DirectiveVersion
from lianfang.directives.operations import (
    EmptyAudience,
    EverybodyNotChosen,
    NotADraft,
    PastDeadline,
    SignedByDrafter,
    Wording,
)
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.refusals import Invalid
from lianfang.notifications.models import Message
from lianfang.usecases import directives
from tests.cast import College

pytestmark = pytest.mark.django_db


@pytest.fixture
def college(college: College) -> College:
    college.enrol("总支书记", "党政办", "STAFF")
    college.appoint("总支书记", "信息系党总支", "SECRETARY")
    college.enrol("支部书记", "党政办", "STAFF")
    college.appoint("支部书记", "学生党支部", "SECRETARY")
    return college


def words(college: College, **extra: Any) -> Wording:
    plain: dict[str, Any] = {
        "title": "关于报送返校计划的通知",
        "body": "请于今日18时前报送。",
        "urgency": "URGENT",
        "acknowledge_due_at": college.at("18:00"),
        "audience": [Asked(unit=college.unit("学生党支部"))],
    }
    return Wording(**(plain | extra))


def drafted(college: College, wording: Wording, *files: Upload) -> DirectiveVersion:
    return directives.draft(
        issuer=college.unit("学院党委"), number="", wording=wording, files=files,
        by=college["值班员"], actor=college.actor("值班员"), now=college.now,
    )  # fmt: skip


def signed(college: College, version: DirectiveVersion, by: str = "组长") -> DirectiveVersion:
    return directives.publish(
        version=version, signer=college[by], actor=college.actor(by), now=college.now
    )


def test_a_deadline_in_the_past_is_refused(college: College) -> None:
    for past in (college.now, college.now - timedelta(days=1)):
        with pytest.raises(PastDeadline):
            drafted(college, words(college, acknowledge_due_at=past))
    assert not Directive.objects.exists()


def test_a_draft_that_lay_until_its_deadline_was_over_cannot_be_signed(college: College) -> None:
    version = drafted(college, words(college))
    college.now = college.at("18:00")
    with pytest.raises(PastDeadline):
        signed(college, version)
    assert not DirectiveReceipt.objects.exists()


def test_feedback_due_before_the_acknowledgement_is_refused(college: College) -> None:
    with pytest.raises(Invalid) as refusal:
        drafted(college, words(college, feedback_due_at=college.at("17:00")))
    assert set(refusal.value.problems) == {"feedback_due_at"}


def test_an_empty_audience_is_refused(college: College) -> None:
    nobody_doctors = Asked(unit=college.unit("学院"), with_below=True, role="DOCTOR")
    for audience in ([], [nobody_doctors], [Asked(unit=college.unit("学院党委"))]):
        with pytest.raises(EmptyAudience):
            drafted(college, words(college, audience=audience))


def test_everybody_must_have_been_chosen_by_hand(college: College) -> None:
    everybody = [Asked(unit=college.unit("学院党委"), with_below=True)]
    with pytest.raises(EverybodyNotChosen):
        drafted(college, words(college, audience=everybody))
    one_by_one = [Asked(unit=college.unit("信息系党总支")), Asked(unit=college.unit("学生党支部"))]
    with pytest.raises(EverybodyNotChosen):
        drafted(college, words(college, audience=one_by_one))
    version = drafted(college, words(college, audience=everybody, to_everybody=True))
    assert version.to_everybody


def test_an_audience_that_grew_to_everybody_before_signing_is_asked_back(
    college: College,
) -> None:
    version = drafted(college, words(college, audience=[Asked(unit=college.unit("信息系党总支"))]))
    unit = college.unit("学生党支部")
    type(unit).objects.filter(pk=unit.pk).update(closed_on=college.today)
    with pytest.raises(EverybodyNotChosen):
        signed(college, version)


@pytest.mark.parametrize("title", ["一行\n二行", "a\r\nBcc: all@example.org", "分\u2028行"])
def test_a_line_break_in_the_subject_is_refused(college: College, title: str) -> None:
    with pytest.raises(Invalid) as refusal:
        drafted(college, words(college, title=title))
    assert set(refusal.value.problems) == {"title"}


def test_a_title_body_and_urgency_are_needed(college: College) -> None:
    with pytest.raises(Invalid) as refusal:
        drafted(college, words(college, title=" ", body="", urgency="TOP"))
    assert set(refusal.value.problems) == {"title", "body", "urgency"}
    with pytest.raises(Invalid):
        drafted(college, words(college, title="长" * 101))


def test_a_number_is_given_once(college: College) -> None:
    first, second = drafted(college, words(college)), drafted(college, words(college))
    assert (first.directive.number, second.directive.number) == ("2020-001", "2020-002")
    with pytest.raises(Invalid) as refusal:
        directives.draft(
            issuer=college.unit("学院党委"), number="2020-001", wording=words(college), files=[],
            by=college["值班员"], actor=OPERATOR, now=college.now,
        )  # fmt: skip
    assert set(refusal.value.problems) == {"number"}


def test_who_drafted_it_cannot_sign_it(college: College) -> None:
    version = drafted(college, words(college))
    with pytest.raises(SignedByDrafter):
        signed(college, version, by="值班员")
    assert not Message.objects.filter(reference__startswith="directive:").exists()


def test_of_two_who_sign_at_once_one_is_told(college: College) -> None:
    version = drafted(college, words(college))
    twin = DirectiveVersion.objects.select_related("directive__issuer").get(pk=version.pk)
    signed(college, version)
    with pytest.raises(NotADraft):
        signed(college, twin)
    assert DirectiveReceipt.objects.count() == 1


def test_a_draft_changed_since_it_was_read_is_not_signed_unread(college: College) -> None:
    version = drafted(college, words(college))
    read = DirectiveVersion.objects.select_related("directive__issuer").get(pk=version.pk)
    directives.redraft(
        version=version, wording=words(college, body="另一个要求。"), files=[],
        by=college["书记"], actor=OPERATOR, now=college.now + timedelta(minutes=1),
    )  # fmt: skip
    with pytest.raises(NotADraft):
        signed(college, read)


def test_a_published_version_cannot_be_redrafted(college: College) -> None:
    version = signed(college, drafted(college, words(college)))
    with pytest.raises(NotADraft):
        directives.redraft(
            version=version, wording=words(college, body="改"), files=[], by=college["书记"],
            actor=OPERATOR, now=college.now,
        )  # fmt: skip


def office_file(*parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\x00 a program",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04 broken",
        office_file("word/document.xml", "word/vbaProject.bin"),
        office_file("ppt/presentation.xml"),
    ],
    ids=["empty", "exe", "html", "broken zip", "macros", "other office"],
)
def test_a_file_is_judged_by_its_bytes_not_by_its_name(college: College, data: bytes) -> None:
    with pytest.raises(FileNotTaken):
        drafted(college, words(college), Upload("通知.pdf", data))
    assert not Directive.objects.exists()


def test_a_file_is_kept_sealed_under_a_safe_name_with_its_own_ending(college: College) -> None:
    data = office_file("xl/workbook.xml")
    version = drafted(college, words(college), Upload("../../名单\r\n.exe", data))
    stored = Attachment.objects.get(version=version)
    assert (stored.name, stored.size) == ("名单.xlsx", len(data))
    assert attachments.bytes_of(stored) == data
    raw = Attachment.objects.extra(select={"raw": "content"}).values_list("raw", flat=True).get()
    assert raw.startswith("s1.")


def test_large_and_many_files_are_refused(college: College) -> None:
    with pytest.raises(FileTooLarge):
        drafted(college, words(college), Upload("大.pdf", b"%PDF-" + b"0" * 4 * 1024 * 1024))
    with pytest.raises(TooManyFiles):
        drafted(college, words(college), *[Upload("a.pdf", b"%PDF-1")] * 11)


def test_a_new_version_begins_with_the_files_of_the_last(college: College) -> None:
    first = signed(college, drafted(college, words(college), Upload("a.pdf", b"%PDF-1")))
    second = directives.supersede(
        directive=first.directive, wording=words(college), files=[Upload("b.png", b"\x89PNG\r\n\x1a\n")],
        by=college["值班员"], actor=OPERATOR, now=college.now,
    )  # fmt: skip
    names = [file.name for file in second.attachments.order_by("id")]
    assert (names, first.attachments.count()) == (["a.pdf", "b.png"], 1)


def test_a_role_reaches_every_unit_that_has_it_and_a_person_is_reached_by_name(
    college: College,
) -> None:
    audience = [
        Asked(unit=college.unit("学院"), with_below=True, role="COUNSELOR"),
        Asked(person=college["小明"]),
    ]
    version = signed(college, drafted(college, words(college, audience=audience)))
    found = version.receipts.order_by("unit__position", "id")
    assert [(r.unit.name, r.role, r.person_id) for r in found] == [
        ("网络1班", "COUNSELOR", None),
        ("网络1班", "", college["小明"].pk),
        ("护理1班", "COUNSELOR", None),
    ]
    assert sorted(college.told(reference="directive:")) == sorted(["辅导员", "小明", "外辅导员"])
