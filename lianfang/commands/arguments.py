"""Words of a command line that several commands take."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date


def day_of(text: str) -> date:
    """A day such as 2020-02-01, for argparse."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r}: a day such as 2020-02-01") from error
