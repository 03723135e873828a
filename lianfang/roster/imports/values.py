"""One cell becomes one value, or a sentence why not. Pure.

Each function takes a cell and returns the value; `Wrong` carries problem and cure.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache

from lianfang.kernel.texts import gettext_noop as _
from lianfang.kernel.texts import has_control_characters, tidy
from lianfang.roster.imports.problems import Wrong
from lianfang.roster.imports.sheets import Cell

EXACT = 10**15  # Excel keeps fifteen digits of a number
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2100, 1, 1)
_EXCEL_EPOCH = date(1899, 12, 30)

_TURNS_TEXT = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_UNSEEN = re.compile(r"[\u200b-\u200f\u2060-\u2064\ufeff\u00ad]")
_ESCAPED_CONTROL = re.compile(r"_x00(0[0-8BCEF]|1[0-9A-F]|7F)_")
_UNUSUAL = re.compile(r"\A[ '#]| \Z|  |_x00|[\uff01-\uff5e]")
_ERROR_VALUES = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}
_BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff·])\s+(?=[\u3400-\u9fff·])")
SCIENTIFIC = re.compile(r"\A[+-]?\d+(\.\d+)?[eE]\+?\d+\Z")
_NUMBER = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9_\-]{0,31}\Z")
_EMAIL = re.compile(r"\A[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}\Z")
AS_TEXT = _("Set the column to “Text” in Excel and type the number again.")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DOTS = str.maketrans(dict.fromkeys("•・‧∙⋅．", "·"))


def text(cell: Cell, *, longest: int = 200) -> str:
    """A cell as plain text: half-width, no invisible marks, spaces made one.

    Characters of names and addresses stay as they are (no compatibility folding).
    """
    if isinstance(cell, str):
        plain = _visible(cell)
    elif isinstance(cell, bool):
        plain = "TRUE" if cell else "FALSE"
    elif isinstance(cell, int | float):
        plain = _digits(cell)
    elif isinstance(cell, datetime):
        plain = cell.date().isoformat()
    else:
        plain = cell.isoformat() if isinstance(cell, date) else str(cell)
    if len(plain) > longest:
        raise Wrong(
            _("This is %(length)s characters long; %(longest)s are kept."),
            _("Shorten it, or see whether two cells ran into one."),
            length=len(plain),
            longest=longest,
        )
    return plain


@lru_cache(maxsize=4096)
def _visible(cell: str) -> str:
    if cell.isprintable() and not _UNUSUAL.search(cell):
        return cell  # nearly every cell; the rest is looked at more closely
    if has_control_characters(cell) or _ESCAPED_CONTROL.search(cell):
        raise Wrong(
            _("The cell holds a NUL or another control character."), _("Type the cell anew.")
        )
    turned = _TURNS_TEXT.search(cell)
    if turned:
        raise Wrong(
            _("An invisible character (U+%(code)s) turns the text around."),
            _("Type the cell anew; do not paste it."),
            code=f"{ord(turned[0]):04X}",
        )
    plain = _UNSEEN.sub("", cell).translate(_FULL_WIDTH)
    plain = re.sub(r"\s+", " ", plain).strip()
    if plain in _ERROR_VALUES:
        raise Wrong(
            _("The cell holds an error of Excel."), _("Mend the formula or type the value.")
        )
    return plain[1:] if re.match(r"'[=+\-@]", plain) else plain


def _digits(cell: int | float) -> str:
    if not math.isfinite(cell) or abs(cell) >= EXACT:
        raise Wrong(
            _("Excel has rounded this long number: only fifteen digits are certain."), AS_TEXT
        )
    return str(int(cell)) if cell == int(cell) else str(cell)


def number(cell: Cell) -> str:
    """A student or staff number."""
    plain = tidy(text(cell)).replace(" ", "")
    if not plain:
        raise Wrong(
            _("The number is empty."), _("Every person needs a number of their own: 学号 or 工号.")
        )
    if SCIENTIFIC.match(plain):
        raise Wrong(_("Excel has written this number in powers of ten: digits are lost."), AS_TEXT)
    if isinstance(cell, str):
        plain = re.sub(r"\A(\d+)\.0\Z", r"\1", plain)
    if not _NUMBER.match(plain):
        raise Wrong(
            _("This is no student or staff number."),
            _("Use letters and digits only, at most 32, such as 20190102208 or T20001."),
        )
    return plain


@lru_cache(maxsize=65536)
def _name_of(plain: str) -> str:
    return _BETWEEN_HAN.sub("", plain.translate(_DOTS))


def name(cell: Cell) -> str:
    """A person's name; 张　三 is 张三."""
    plain = _name_of(text(cell, longest=60))
    if not plain:
        raise Wrong(_("The name is empty."), _("Write the name of the person with this number."))
    if not any(unicodedata.category(character).startswith("L") for character in plain):
        raise Wrong(
            _("This is not a name."), _("See whether the columns of this row have slipped.")
        )
    return plain


def short(cell: Cell, *, longest: int) -> str:
    """A word or a few: a unit, a position. Spaces between Chinese characters go."""
    return _name_of(text(cell, longest=longest))


_SEXES = {
    "男": "男",
    "女": "女",
    "m": "男",
    "f": "女",
    "male": "男",
    "female": "女",
    "1": "男",
    "2": "女",
}


def sex(cell: Cell) -> str:
    plain = text(cell).lower().removesuffix("性")
    if plain in {"", "未知", "unknown", "-"}:
        return ""
    if plain not in _SEXES:
        raise Wrong(_("This is neither 男 nor 女."), _("Write 男 or 女, or leave the cell empty."))
    return _SEXES[plain]


def email(cell: Cell) -> str:
    plain = tidy(text(cell))
    if plain and not _EMAIL.match(plain):
        raise Wrong(
            _("This is no e-mail address."), _("Write it like name@example.org, or leave it empty.")
        )
    return plain


# ---------------------------------------------------------------- lodging, days, grades

_NOT_ON_CAMPUS = {
    "走读", "校外住宿", "校外", "外宿", "校外租房", "租房", "不住校", "通学", "无", "-", "/", "没有", "否",
}  # fmt: skip
_LODGING = re.compile(
    r"\A(?P<building>.*?)(?P<between>[\s\-—–－_/]*)(?:(?P<entrance>\d{1,2})单元[\s\-]*)?"
    r"(?P<room>[A-Za-z]?\d{2,4}[A-Za-z]?)(?:号?房间?|室|号|寝室?)?\Z"
)
_BUILDING_TAIL = re.compile(r"(号?[栋幢座舍楼]|号?公寓楼?|号|#)+\Z")


def lodging(cell: Cell) -> tuple[str, str] | None:
    """Building and room; None for whoever lives elsewhere. 6栋101, 6-101, 6#101, 6号楼101室."""
    plain = tidy(text(cell))
    if not plain or plain in _NOT_ON_CAMPUS:
        return None
    match = _LODGING.match(plain)
    head = match["building"] if match else ""
    runs_together = head[-1:].isascii() and head[-1:].isalnum()
    if match is None or not head or (runs_together and not match["between"]):
        raise Wrong(
            _("Building and room cannot be told apart here; no lodging is stored."),
            _("Write it like 6栋101, or 走读 for whoever lives elsewhere."),
        )
    entrance = f"{match['entrance']}-" if match["entrance"] else ""
    return _BUILDING_TAIL.sub("", head)[:20] or head[:20], f"{entrance}{match['room']}"[:20]


def building(cell: Cell) -> str:
    """A building in a column of its own: 6栋 is 6."""
    plain = short(cell, longest=20)
    return "" if plain in _NOT_ON_CAMPUS else _BUILDING_TAIL.sub("", plain) or plain


_DAY_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日")
_MONTH_FORMATS = ("%Y-%m", "%Y/%m", "%Y.%m", "%Y年%m月")


def day(cell: Cell) -> date | None:
    """A day as text, as a date of Excel, or as the bare serial number of one."""
    found = _day_of(cell)
    if found is not None and not FIRST_DAY <= found < LAST_DAY:
        raise _no_day()
    return found


def _day_of(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if 18264 <= cell < 73051:  # 1950 to 2099 as Excel counts days
            return _EXCEL_EPOCH + timedelta(days=int(cell))
        cell = _digits(cell)
    plain = tidy(text(cell)).replace(" ", "T").partition("T")[0]
    if not plain:
        return None
    if re.fullmatch(r"\d{5}(\.\d+)?", plain):
        return _day_of(float(plain))
    for pattern in (*_DAY_FORMATS, *_MONTH_FORMATS):
        try:
            return datetime.strptime(plain, pattern).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
    raise _no_day()


def _no_day() -> Wrong:
    return Wrong(_("This is not a day."), _("Write it like 2020-01-31."))


def grade(cell: Cell) -> str:
    """2019, 2019级 or 19级 as 2019."""
    plain = tidy(text(cell)).removesuffix("级")
    if not plain:
        return ""
    if re.fullmatch(r"\d{2}", plain):
        return f"20{plain}"
    if not re.fullmatch(r"(19|20)\d{2}", plain):
        raise Wrong(_("This is not a year of entry."), _("Write it like 2019."))
    return plain


def grade_in(class_name: str) -> str:
    """The year of entry that a class carries in its name: 2017级网络1班, 17级护理2班."""
    match = re.match(r"(?:(20\d{2})|(\d{2}))级?", class_name)
    if match is None:
        return ""
    return match[1] or (f"20{match[2]}" if "级" in match[0] else "")
