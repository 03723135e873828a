"""Addresses, texts and what may not go out."""

from __future__ import annotations

import pytest

from lianfang.notifications.channels import letters
from lianfang.notifications.channels.base import NotSent, Outcome
from tests.unit.channels.samples import LETTER, letter_for


@pytest.mark.parametrize(
    "to, national",
    [
        ("+8613800138000", "13800138000"),
        ("+8619912345678", "19912345678"),
        ("+85261234567", "85261234567"),
        ("+14155550123", "14155550123"),
    ],
)
def test_a_phone_number_is_e164(to, national):
    phone = letters.phone_of(letter_for("sms_http", to=to))

    assert (phone.e164, phone.national) == (to, national)


@pytest.mark.parametrize(
    "to",
    [
        "13800138000",
        "8613800138000",
        "008613800138000",
        "+86 138 0013 8000",
        "+86138001380001",
        "+861380013800",
        "+8612345678901",
        "+861012345678",
        "+０８６１３８００１３８０００",
        "＋8613800138000",
        "+8613800138000 ",
        "+",
        "+1",
        "+0123456789",
        "+12345678901234567",
        "tel:+8613800138000",
    ],
)
def test_everything_else_is_no_phone_number(to):
    with pytest.raises(NotSent) as caught:
        letters.phone_of(letter_for("sms_http", to=to))

    assert caught.value.receipt.code == "letter.bad-address"
    assert caught.value.receipt.address_is_wrong


@pytest.mark.parametrize(
    "to, is_group, number",
    [("group:12345", True, 12345), ("user:123456789012", False, 123456789012)],
)
def test_a_qq_address_says_whether_it_is_a_group(to, is_group, number):
    assert letters.qq_of(letter_for("onebot", to=to)) == letters.QQAddress(is_group, number)


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"reference": "a b"}, "letter.bad-reference"),
        ({"reference": "a" * 201}, "letter.bad-reference"),
        ({"reference": "a\n"}, "letter.bad-reference"),
        ({"subject": "a\nb"}, "letter.line-break"),
        ({"name": "a\tb"}, "letter.line-break"),
        ({"to": "a\x7fb"}, "letter.line-break"),
        ({"link": "https://x\ny"}, "letter.line-break"),
        ({"subject": "half \ud83d sign"}, "letter.line-break"),
        ({"subject": " ", "body": ""}, "letter.empty"),
    ],
)
def test_a_letter_that_no_channel_may_carry(changes, code):
    with pytest.raises(NotSent) as caught:
        letters.check(letter_for("wecom", **changes))

    assert caught.value.receipt.code == code
    assert caught.value.receipt.outcome is Outcome.FAILED_FOR_GOOD


def test_an_ordinary_letter_may_go_out():
    letters.check(LETTER)
    letters.check(letter_for("wecom", link=None, subject="", name="阿依古丽·买买提", urgent=True))


def test_a_text_is_subject_body_and_link():
    assert letters.text_of(LETTER, max_bytes=2000) == (
        "有事需要您处理\n请在 15 分钟内应答。\nhttps://lianfang.example.edu.cn/a/K7M2"
    )


@pytest.mark.parametrize("most", range(20, 260, 7))
@pytest.mark.parametrize("link", [LETTER.link, None])
def test_a_text_never_exceeds_its_limit_and_never_ends_in_half_a_character(most, link):
    letter = letter_for("wecom", body="发热门诊😷" * 30, link=link)

    text = letters.text_of(letter, max_bytes=most)

    assert len(text.encode("utf-8")) <= most
    assert "\ufffd" not in text
    if link and most >= len(f"{letter.subject}\n……\n{link}".encode()):
        assert text.endswith(link)


def test_a_text_that_fits_exactly_is_not_cut():
    whole = letters.text_of(LETTER, max_bytes=2000)

    assert letters.text_of(LETTER, max_bytes=len(whole.encode())) == whole
    assert "……" in letters.text_of(LETTER, max_bytes=len(whole.encode()) - 1)


@pytest.mark.parametrize(
    "body, readable",
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("a\u2028b\u2029c", "abc"),
        ("tab\there", "tab\there"),
        ("half \ud83d sign", "half ? sign"),
        ("😷 全文", "😷 全文"),
    ],
)
def test_a_body_is_made_readable_for_every_gateway(body, readable):
    assert letters.readable(body) == readable
