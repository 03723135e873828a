"""How Chinese names are sorted: by pinyin, with the surnames that pinyin tables get wrong."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Characters that are read differently as a surname; facts, kept short on purpose.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "区": "ou",
    "朴": "piao", "盖": "ge", "覃": "qin", "尉迟": "yuchi", "万俟": "moqi", "华": "hua",
    "乐": "yue", "翟": "zhai", "员": "yun", "缪": "miao", "冼": "xian", "召": "shao",
}  # fmt: skip


@lru_cache(maxsize=65536)
def name_key(name: str) -> str:
    """A key that sorts names as a Chinese reader expects, on every database alike.

    >>> name_key("单雄") < name_key("张三")
    True
    """
    for length in (2, 1):
        surname = name[:length]
        if surname in _SURNAMES:
            rest = lazy_pinyin(name[length:], style=Style.TONE3)
            return " ".join([_SURNAMES[surname], *rest])[:120]
    return " ".join(lazy_pinyin(name, style=Style.TONE3))[:120]
