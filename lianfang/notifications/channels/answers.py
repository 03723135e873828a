"""What somebody meant who answered an SMS. A table of words; everything else goes to a human."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MAX_TEXT = 500


class Meaning(StrEnum):
    CONFIRMED = "CONFIRMED"  # received; for an alert: I take it
    PASS_ON = "PASS_ON"  # give it to the deputy
    STOP = "STOP"  # no more messages to this phone
    EMPTY = "EMPTY"
    UNCLEAR = "UNCLEAR"  # a human must read it

    @property
    def needs_a_human(self) -> bool:
        return self in (Meaning.EMPTY, Meaning.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` names the message that is answered, where the sender copied it; the caller looks it
    up and must not believe it before. `text` is what was written, tidied and at most 500 long.
    """

    meaning: Meaning
    code: str = ""
    text: str = ""


def _row(words: str) -> frozenset[str]:
    return frozenset(words.split())


WORDS: dict[Meaning, frozenset[str]] = {
    Meaning.CONFIRMED: _row(
        "1 收到 已收到 收到了 已收 收悉 已阅 已读 知道 知道了 已知悉 知悉 明白 明白了 了解 确认 已确认 "
        "好 好的 好滴 是 是的 可以 行 嗯 我来 我来处理 马上处理 处理 OK OKAY YES Y RECEIVED CONFIRM "
        "CONFIRMED 👌 👍"
    ),
    Meaning.PASS_ON: _row("2 转 转交 转备岗 备岗 转给备岗 转副手 PASS"),
    Meaning.STOP: _row("TD T N 退订 退 拒收 取消订阅 STOP UNSUBSCRIBE"),
}
# Said beside the answer, and no part of it.
POLITE = _row("谢谢 谢谢老师 老师 您好 你好 老师好 辛苦了 辛苦 谢谢您 回复 THANKS")

_MEANING = {word: meaning for meaning, words in WORDS.items() for word in words}
_CODE = re.compile(r"(?=[A-Z]*[0-9])[A-Z0-9]{4,8}")
# A letter or digit beside a Chinese character starts a new word: 收到1, K7M2收到.
_SEAM = re.compile(r"(?<=[A-Z0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Z0-9])")
_KEPT_SIGNS = frozenset("👌👍")


def parse_answer(text: str) -> Answer:
    """Read an SMS answer.

    Only whole words count: 没收到 and 收不到 are not 收到. Words that contradict each other, two
    codes, or anything that is not in the table make the answer UNCLEAR. A code alone confirms,
    because the message asked for it.
    """
    tidied = _tidied(text)
    if not any(_is_visible(sign) for sign in tidied):
        return Answer(Meaning.EMPTY)
    meanings: set[Meaning] = set()
    codes: set[str] = set()
    for word in _words(tidied):
        if word in _MEANING:
            meanings.add(_MEANING[word])
        elif _CODE.fullmatch(word):
            codes.add(word)
        elif word not in POLITE:
            meanings.add(Meaning.UNCLEAR)
    if len(codes) > 1:
        meanings.add(Meaning.UNCLEAR)
    code = codes.pop() if len(codes) == 1 else ""
    return Answer(_one(meanings, has_code=bool(code)), code, tidied[:MAX_TEXT])


def _one(meanings: set[Meaning], *, has_code: bool) -> Meaning:
    if not meanings:
        return Meaning.CONFIRMED if has_code else Meaning.UNCLEAR
    return meanings.pop() if len(meanings) == 1 else Meaning.UNCLEAR


def _tidied(text: str) -> str:
    """NFKC, so that １ is 1; nothing invisible; spaces for line breaks."""
    plain = unicodedata.normalize("NFKC", text[: MAX_TEXT * 4])
    kept = "".join(s for s in plain if unicodedata.category(s) not in ("Cf", "Cs", "Co", "Cn"))
    return " ".join("".join(" " if unicodedata.category(s) == "Cc" else s for s in kept).split())


def _is_visible(sign: str) -> bool:
    return not sign.isspace()


def _words(tidied: str) -> list[str]:
    """The words in capitals; punctuation and signs part them."""
    parted = "".join(s if s.isalnum() or s in _KEPT_SIGNS else " " for s in tidied)
    return [part for word in parted.upper().split() for part in _SEAM.split(word)]
