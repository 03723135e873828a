"""`lianfang`: everything that an IT teacher or a script does with the product.

Exit codes: 0 done, 1 something unexpected, 2 the input has problems (or the call is wrong),
3 refused, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from lianfang.kernel.databases import BadDatabaseAddress
from lianfang.kernel.refusals import Refused

DONE, UNEXPECTED, PROBLEMS, REFUSED, INTERRUPTED = 0, 1, 2, 3, 130

# Which file speaks each command: `lianfang ledger` need not load what `lianfang run` needs.
_COMMANDS = {
    "serve": ("run", "work"),
    "founding": ("found", "createadmin", "edition", "demo", "check"),
    "roster": ("roster",),
    "groups": ("groups",),
    "places": ("areas", "hospitals"),
    "ledger": ("ledger",),
    "duty": ("duty", "drill"),
    "monitoring": ("monitoring",),
    "directives": ("relay",),
    "summaries": ("summary",),
    "tokens": ("token",),
    "audit": ("audit",),
    "surveillance": ("detect", "trace"),
    "linelist": ("linelist",),
}
_MODULE_OF = {word: module for module, words in _COMMANDS.items() for word in words}

# These work on a person's own files: no college, no home, no keys, no database is looked for.
_WITHOUT_COLLEGE = {"surveillance", "linelist"}

# These found, make or need none: every other command finds its database ready.
_WITHOUT_DATABASE = {
    "lianfang.commands.area_check", "lianfang.commands.founding", "lianfang.commands.serve",
    "lianfang.commands.surveillance",
    "lianfang.commands.linelist",
}  # fmt: skip


def language_of(arguments: Sequence[str]) -> str:
    """`--lang zh|en` wins, then LIANFANG_LANG, then the locale of the shell; else English."""
    chosen = os.environ.get("LIANFANG_LANG", "")
    for position, word in enumerate(arguments):
        if word == "--lang" and position + 1 < len(arguments):
            chosen = arguments[position + 1]
        elif word.startswith("--lang="):
            chosen = word.partition("=")[2]
    if not chosen:
        locale = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
        chosen = next((value for value in locale if value), "")
    return "zh-hans" if chosen.lower().startswith("zh") else "en"


def main(arguments: Sequence[str] | None = None) -> int:
    """The entry point; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    module = _MODULE_OF.get(_command_of(words))
    try:
        _set_up(words_only=module in _WITHOUT_COLLEGE)
    except (BadDatabaseAddress, OSError) as error:  # a setting, or a home that may not be written
        print(error, file=sys.stderr)
        return PROBLEMS
    from django.utils import translation

    with translation.override(language_of(words)):
        return _dispatch(words, [module] if module else list(_COMMANDS))


def _set_up(*, words_only: bool) -> None:
    if words_only:
        _speak_only()
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import_module("config")  # the SQLite that we trust, before Django asks for one
    import django

    django.setup()


def _command_of(words: Sequence[str]) -> str:
    """The first word that is neither an option nor the language it names."""
    before = ""
    for word in words:
        if not word.startswith("-") and before != "--lang":
            return word
        before = word
    return ""


def _speak_only() -> None:
    """Settings for commands that need words and nothing else; those of a college stay if there."""
    from django.conf import settings

    if not settings.configured:
        locale = Path(__file__).resolve().parents[2] / "locale"
        settings.configure(
            LANGUAGE_CODE="zh-hans",
            LANGUAGES=[("zh-hans", "简体中文"), ("en", "English")],
            LOCALE_PATHS=[locale],
            USE_TZ=True,
            TIME_ZONE="Asia/Shanghai",
        )


def _dispatch(words: Sequence[str], modules: Sequence[str]) -> int:
    parser = _parser(modules)
    given = parser.parse_args(words)
    try:
        if given.run.__module__ not in _WITHOUT_DATABASE:
            import_module("lianfang.commands.ready").make_ready()
        return int(given.run(given) or DONE)
    except Refused as error:
        from lianfang.portal.middleware import in_words

        print(f"{in_words(error)} [{error.code}]", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return UNEXPECTED


def _parser(modules: Sequence[str]) -> ArgumentParser:
    from django.utils.translation import gettext as _

    import_module("lianfang.commands.arguments").let_argparse_speak_our_language()
    parser = ArgumentParser(
        prog="lianfang",
        description=_("Lianfang: everyone is accounted for, and a fever reaches a human being."),
        epilog=_("Exit codes: 0 done, 2 problems in the input, 3 refused, 1 unexpected."),
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--lang", choices=["zh", "en"], help=_("language of the answers"))
    subparsers = parser.add_subparsers(required=True, metavar=_("COMMAND"))

    for name in modules:
        import_module(f"lianfang.commands.{name}").add_parsers(subparsers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
