"""The catalogue: English in the sources, Chinese in locale/parts, without GNU gettext.

    python tools/messages.py            write django.po and django.mo       (make messages)
    python tools/messages.py --check    say what is missing or wrong        (part of make check)
    python tools/messages.py --missing  print the msgids that still need a Chinese line
    python tools/messages.py --compile  write django.mo from django.po      (at install)

A line of locale/parts/<room>.tsv is `msgid<TAB>中文`, or `msgid<TAB>中文<TAB>context` for a
pgettext; \\n and \\t stand for a line break and a tab; a line without a tab is a comment.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "locale" / "parts"
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

PLAIN = {"_", "gettext", "gettext_lazy", "gettext_noop"}
IN_CONTEXT = {"pgettext", "pgettext_lazy"}
PLURAL = {"ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy"}

_STRING = r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"
_CALL = re.compile(rf"\b(_|p?gettext|np?gettext)\(({_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)
_LITERAL = re.compile(_STRING, re.DOTALL)
_PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-zA-Z]|%[sdr]|\{\w*\}")

Key = tuple[str | None, str]  # context, msgid


@dataclass(slots=True)
class Findings:
    """The msgids of the sources with the files that use them, and what is wrong there."""

    places: dict[Key, set[str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def add(self, key: Key, place: str) -> None:
        self.places.setdefault(key, set()).add(place)


# ---------------------------------------------------------------- the sources


def extract(root: Path = ROOT) -> Findings:
    findings = Findings()
    for folder in ("lianfang", "config"):
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                _from_python(path, root, findings)
    templates = [*root.glob("templates/**/*"), *root.glob("lianfang/*/templates/**/*")]
    for path in sorted(templates):
        if path.is_file() and path.suffix in {".html", ".txt", ".xml", ".svg"}:
            _from_template(path, root, findings)
    return findings


def _from_python(path: Path, root: Path, findings: Findings) -> None:
    place = path.relative_to(root).as_posix()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=place)):
        if not isinstance(node, ast.Call):
            continue
        name = _called(node.func)
        where = f"{place}:{node.lineno}"
        if name in PLURAL:
            findings.faults.append(f"{where}: {name} - plural forms are not used here")
        if name not in PLAIN | IN_CONTEXT or not node.args:
            continue
        wanted = 2 if name in IN_CONTEXT else 1
        texts = [_text(argument) for argument in node.args[:wanted]]
        if any(isinstance(argument, ast.JoinedStr) for argument in node.args[:wanted]):
            findings.faults.append(f"{where}: an f-string cannot be translated, use %(name)s")
        elif len(texts) == wanted and all(texts):
            findings.add((texts[0] if wanted == 2 else None, str(texts[-1])), place)


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None  # a variable: its text is marked where it is written


def _from_template(path: Path, root: Path, findings: Findings) -> None:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    place = path.relative_to(root).as_posix()
    # Django turns a template into something like Python for xgettext; its calls are ours to read.
    for name, arguments in _CALL.findall(
        templatize(path.read_text(encoding="utf-8"), origin=place)
    ):
        texts = [ast.literal_eval(literal) for literal in _LITERAL.findall(arguments)]
        if name in PLURAL:
            findings.faults.append(f"{place}: a plural - plural forms are not used here")
        elif name in IN_CONTEXT:
            findings.add((texts[0], texts[1]), place)
        else:
            findings.add((None, texts[0]), place)


# ---------------------------------------------------------------- the translations


def _lines(path: Path) -> Iterator[tuple[str, Key, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        msgid, tab, rest = line.partition("\t")
        if not tab:
            continue
        text, _, context = rest.partition("\t")
        yield f"{path.name}:{number}", (context.strip() or None, _plain(msgid)), _plain(text)


def _plain(text: str) -> str:
    return text.strip().replace("\\n", "\n").replace("\\t", "\t")


def translations(parts: Path = PARTS) -> tuple[dict[Key, str], list[str]]:
    """Every translation of the parts, and the lines that contradict one another."""
    found: dict[Key, tuple[str, str]] = {}
    faults = []
    for path in sorted(parts.glob("*.tsv")):
        for where, key, text in _lines(path):
            first, earlier = found.setdefault(key, (where, text))
            if earlier != text:
                faults.append(
                    f"{key[1]!r} is {earlier!r} in {first} and {text!r} in {where}: agree on one"
                )
    return {key: text for key, (_, text) in found.items()}, faults


def problems(findings: Findings, chinese: dict[Key, str]) -> list[str]:
    """What a reader would stumble over: no Chinese, or other placeholders than the English."""
    faults = list(findings.faults)
    for key, places in sorted(findings.places.items(), key=_alphabetical):
        text = chinese.get(bare(key), "")
        where = ", ".join(sorted(places))
        if not text:
            faults.append(f"{key[1]!r} has no Chinese ({where})")
        elif sorted(_PLACEHOLDER.findall(key[1])) != sorted(_PLACEHOLDER.findall(text)):
            faults.append(f"{key[1]!r} and {text!r} have different placeholders ({where})")
    return faults


def _alphabetical(item: tuple[Key, object]) -> tuple[str, str]:
    (context, msgid), _ = item
    return msgid, context or ""


# ---------------------------------------------------------------- the catalogue


def catalogue(findings: Findings, chinese: dict[Key, str]) -> polib.POFile:
    """The .po file; sorted and without line numbers or dates, so that it changes with its texts."""
    po = polib.POFile(wrapwidth=100)
    po.metadata = {
        "Project-Id-Version": "lianfang",
        "Language": "zh_Hans",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for key, places in sorted(findings.places.items(), key=_alphabetical):
        context, msgid = key
        occurrences = [(place, "") for place in sorted(places)]
        text = _spaced_like(msgid, chinese.get(bare(key), ""))
        po.append(polib.POEntry(msgid=msgid, msgstr=text, msgctxt=context, occurrences=occurrences))
    return po


def bare(key: Key) -> Key:
    """A msgid without the spaces and line breaks around it: so it stands in a part."""
    return key[0], key[1].strip()


def _spaced_like(msgid: str, text: str) -> str:
    """The text with the spaces and line breaks that stand around the msgid."""
    if not text:
        return text
    before = msgid[: len(msgid) - len(msgid.lstrip())]
    # A Chinese comma or colon brings its own room.
    after = "" if text.endswith(("，", "、", "；", "：", "。")) else msgid[len(msgid.rstrip()) :]
    return before + text + after


def compile_catalogue(po: polib.POFile) -> None:
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    po.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))


def current_problems() -> list[str]:
    """Everything that keeps the catalogue from being complete and up to date."""
    findings = extract()
    chinese, contradictions = translations()
    faults = contradictions + problems(findings, chinese)
    written = CATALOGUE.read_text(encoding="utf-8") if CATALOGUE.exists() else ""
    if not faults and written != str(catalogue(findings, chinese)) + "\n":
        faults.append("locale/zh_Hans/LC_MESSAGES/django.po is not current: run `make messages`")
    return faults


def write() -> int:
    findings = extract()
    chinese, contradictions = translations()
    faults = contradictions + problems(findings, chinese)
    po = catalogue(findings, chinese)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(str(po) + "\n", encoding="utf-8")
    compile_catalogue(po)
    unused = sorted(msgid for _, msgid in chinese.keys() - {bare(key) for key in findings.places})
    _say(faults)
    if unused:
        print(f"{len(unused)} lines of locale/parts are used nowhere, such as {unused[:3]}")
    print(f"{len(findings.places)} msgids, {len(faults)} problems")
    return 1 if faults else 0


def _say(faults: list[str]) -> None:
    for fault in faults:
        print(fault)


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            return write()
        case ["--check"]:
            faults = current_problems()
            _say(faults)
            return 1 if faults else 0
        case ["--missing"]:
            chinese, _ = translations()
            for key, _places in sorted(extract().places.items(), key=_alphabetical):
                context, msgid = bare(key)
                if not chinese.get((context, msgid)):
                    line = msgid.replace("\n", "\\n").replace("\t", "\\t")
                    print(f"{line}\t" + (f"\t{context}" if context else ""))
            return 0
        case ["--compile"]:
            compile_catalogue(polib.pofile(str(CATALOGUE), encoding="utf-8"))
            return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
