"""What people write back, as a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianfang.notifications.channels.answers import Meaning
from lianfang.notifications.channels.callbacks import Answer, parse_answer

YES, PASS_ON, STOP = Meaning.CONFIRMED, Meaning.PASS_ON, Meaning.STOP
EMPTY, UNCLEAR = Meaning.EMPTY, Meaning.UNCLEAR


@pytest.mark.parametrize(
    "text, meaning, code",
    [
        # plain
        ("1", YES, ""),
        ("１", YES, ""),
        (" 1 。", YES, ""),
        ("①", YES, ""),
        ("收到", YES, ""),
        ("收到！", YES, ""),
        ("收到 1", YES, ""),
        ("收到1", YES, ""),
        ("1收到", YES, ""),
        ("【收到】", YES, ""),
        ("收\u200b到", YES, ""),
        ("收到\r\n", YES, ""),
        ("老师好，已收到，谢谢！", YES, ""),
        ("好的 收到", YES, ""),
        ("ok", YES, ""),
        ("OK.", YES, ""),
        ("Ｙｅｓ", YES, ""),
        ("👌", YES, ""),
        ("👍👍", UNCLEAR, ""),
        ("回复1", YES, ""),
        ("我来处理", YES, ""),
        ("2", PASS_ON, ""),
        ("２。", PASS_ON, ""),
        ("转备岗", PASS_ON, ""),
        ("TD", STOP, ""),
        ("td", STOP, ""),
        ("ＴＤ", STOP, ""),
        ("退订", STOP, ""),
        ("T", STOP, ""),
        # with a code
        ("K7M2 收到", YES, "K7M2"),
        ("k7m2收到", YES, "K7M2"),
        ("收到K7M2", YES, "K7M2"),
        ("Ｋ７Ｍ２　１", YES, "K7M2"),
        ("4711 1", YES, "4711"),
        ("1 4711", YES, "4711"),
        ("4711", YES, "4711"),
        ("4711 2", PASS_ON, "4711"),
        ("K7M2 TD", STOP, "K7M2"),
        ("K7M2 K7M2", YES, "K7M2"),
        ("K7M2 不是我", UNCLEAR, "K7M2"),
        ("K7M2 P3Q4 收到", UNCLEAR, ""),  # which one is meant is not guessed
        ("K7M2 P3Q4", UNCLEAR, ""),
        # empty
        ("", EMPTY, ""),
        ("   ", EMPTY, ""),
        ("\r\n\t", EMPTY, ""),
        ("\u200b\ufeff\u00a0\u3000", EMPTY, ""),
        ("\x00", EMPTY, ""),
        # not what it looks like
        ("没收到", UNCLEAR, ""),
        ("未收到", UNCLEAR, ""),
        ("收不到", UNCLEAR, ""),
        ("没 收到", UNCLEAR, ""),
        ("收到吗？", UNCLEAR, ""),
        ("收到 TD", UNCLEAR, ""),
        ("1 2", UNCLEAR, ""),
        ("11", UNCLEAR, ""),
        ("3", UNCLEAR, ""),
        ("13800138000", UNCLEAR, ""),
        ("你是谁", UNCLEAR, ""),
        ("？", UNCLEAR, ""),
        ("谢谢", UNCLEAR, ""),
        ("我发烧了", UNCLEAR, ""),
        ("不好", UNCLEAR, ""),
        ("收到" * 250, UNCLEAR, ""),
        ("x" * 500, UNCLEAR, ""),
    ],
)
def test_what_somebody_meant(text, meaning, code):
    answer = parse_answer(text)

    assert (answer.meaning, answer.code) == (meaning, code)


def test_five_hundred_characters_go_to_a_human_and_no_more_are_kept():
    answer = parse_answer("我在外地，" * 2000)

    assert answer.meaning is UNCLEAR
    assert answer.meaning.needs_a_human
    assert len(answer.text) == 500


def test_what_was_written_is_kept_tidy():
    assert parse_answer("  没收到\r\n 再发\u200b一次 ") == Answer(UNCLEAR, "", "没收到 再发一次")


@given(st.text(max_size=700))
def test_any_text_has_one_meaning(text):
    answer = parse_answer(text)

    assert answer.meaning in Meaning
    assert len(answer.text) <= 500
    answer.text.encode("utf-8")


@given(st.text(max_size=20), st.text(max_size=20))
def test_nothing_with_a_not_in_it_confirms(before, after):
    assert parse_answer(f"{before}没{after}").meaning is not YES
