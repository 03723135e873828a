"""A form of two columns as a Word file: the smallest document that word processors open."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape

from lianfang.kernel.clock import SHANGHAI

_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"""
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_A4 = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
_WIDTHS = (2268, 7370)  # twentieths of a point


def docx(*, title: str, rows: Sequence[tuple[str, str]], note: str, now: datetime) -> bytes:
    """Title, a bordered table of label and words, a line below it. Texts are text, never code."""
    body = _paragraph(title, size=32, bold=True, centred=True) + _table(rows)
    body += _paragraph(note, size=16)
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="{_W}"><w:body>{body}{_A4}</w:body></w:document>'
    )
    memory = io.BytesIO()
    at = now.astimezone(SHANGHAI).timetuple()[:6]
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS),
            ("word/document.xml", document),
        ):
            package.writestr(zipfile.ZipInfo(name, at), text, zipfile.ZIP_DEFLATED)
    return memory.getvalue()


def _table(rows: Sequence[tuple[str, str]]) -> str:
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="666666"/>' for side in _SIDES)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _WIDTHS)
    body = "".join(
        f"<w:tr>{_cell(label, _WIDTHS[0], bold=True)}{_cell(words, _WIDTHS[1])}</w:tr>"
        for label, words in rows
    )
    return (
        f"<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"
    )


def _cell(words: str, width: int, *, bold: bool = False) -> str:
    lines = "".join(_paragraph(line, size=21, bold=bold) for line in words.split("\n"))
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{lines}</w:tc>'


def _paragraph(words: str, *, size: int, bold: bool = False, centred: bool = False) -> str:
    place = '<w:pPr><w:jc w:val="center"/></w:pPr>' if centred else ""
    weight = "<w:b/>" if bold else ""
    # No character that XML cannot hold; the texts were made tidy when they were typed.
    clean = "".join(c for c in words if c >= " " or c == "\t")
    return (
        f'<w:p>{place}<w:r><w:rPr>{weight}<w:sz w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(clean)}</w:t></w:r></w:p>'
    )
