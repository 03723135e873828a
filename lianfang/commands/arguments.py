"""Words of a command line that several commands take."""

from __future__ import annotations

import argparse
from argparse import ArgumentTypeError
from datetime import date

from django.utils.translation import gettext

from lianfang.kernel.texts import gettext_noop as _

# What argparse itself says: it looks its sentences up by its own module-level `_`.
WORDS_OF_ARGPARSE = (
    _("usage: "),
    _("positional arguments"),
    _("options"),
    _("show this help message and exit"),
    _("argument %(argument_name)s: %(message)s"),
    _("the following arguments are required: %s"),
    _("unrecognized arguments: %s"),
    _("invalid choice: %(value)r (choose from %(choices)s)"),
    _("invalid %(type)s value: %(value)r"),
    _("not allowed with argument %s"),
    _("expected one argument"),
    _("expected at least one argument"),
    _("ambiguous option: %(option)s could match %(matches)s"),
)


def let_argparse_speak_our_language() -> None:
    """Help and errors of the command line in one language, not in two."""
    setattr(argparse, "_", gettext)  # noqa: B010 - the stubs know no such name


def day_of(text: str) -> date:
    """A day such as 2020-02-01, for argparse."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        told = gettext("%(text)s is no day; write one such as 2020-02-01")
        raise ArgumentTypeError(told % {"text": repr(text)}) from error
