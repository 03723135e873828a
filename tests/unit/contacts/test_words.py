from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from lianfang.contacts.rules import Reason
from lianfang.contacts.words import reason_in_words


@pytest.mark.parametrize(
    "kind, name, said",
    [
        ("FLOOR", "2 3", "同楼层：2号楼 3层"),
        ("FLOOR", "6栋 3", "同楼层：6栋 3层"),
        ("ROOM", "2 309", "同宿舍：2号楼 309"),
        ("ROOM", "6栋 101", "同宿舍：6栋 101"),
        ("CLASS", "软件 2 班", "同班：软件 2 班"),
    ],
)
def test_a_place_is_said_as_people_say_it(kind: str, name: str, said: str) -> None:
    day = date(2020, 2, 1)
    with translation.override("zh-hans"):
        assert reason_in_words(Reason(kind, name, 10, 0, 0, None, day)).startswith(said)
