"""What a file is, told by its bytes and never by its name. Pure, but for the zip inside."""

from __future__ import annotations

import io
import re
import zipfile

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = _OFFICE + "wordprocessingml.document"
XLSX = _OFFICE + "spreadsheetml.sheet"
ENDINGS = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg", DOCX: ".docx", XLSX: ".xlsx"}
LARGEST = 4 * 1024 * 1024
MOST = 10
_MOST_PARTS = 2000


def kind_of(data: bytes) -> str | None:
    """The type of the content, of the five that are taken; None for anything else."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    return _office(data) if data.startswith(b"PK\x03\x04") else None


def _office(data: bytes) -> str | None:
    """Word or Excel without macros. Nothing is unpacked: the list of parts says what it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if len(parts) > _MOST_PARTS or "[Content_Types].xml" not in parts:
        return None
    if any(part.lower().endswith("vbaproject.bin") for part in parts):
        return None
    if "word/document.xml" in parts:
        return DOCX
    return XLSX if "xl/workbook.xml" in parts else None


def safe_name(name: str, kind: str) -> str:
    """The last part of the name without what a file system or a header trips over.

    >>> safe_name('../..\\\\名单 2\\n.exe', PDF)
    '名单 2.pdf'
    """
    last = re.split(r"[/\\]", name)[-1]
    stem = re.sub(r'[\x00-\x1f\x7f<>:"|?*\u200b-\u200f\u202a-\u202e]', "", last)
    stem = stem.rsplit(".", 1)[0].strip(" .")[:80].strip() or "file"
    return stem + ENDINGS[kind]
