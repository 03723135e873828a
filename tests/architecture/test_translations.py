"""Nothing is untranslated."""

from __future__ import annotations

from tools.messages import current_problems


def test_every_sentence_has_its_chinese_and_the_catalogue_is_current() -> None:
    assert current_problems() == []
