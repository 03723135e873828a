"""`lianfang relay DIRECTIVE [--json]`: where it stopped, since when, whose turn it is."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from lianfang.directives.models import DirectiveVersion
from lianfang.directives.queries import (
    Node,
    Relay,
    directive_named,
    relay_of,
    version_in_force,
)
from lianfang.directives.rules import State
from lianfang.directives.words import duty_words
from lianfang.installation.operations import start_clock
from lianfang.kernel import clock

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "relay", help=_("where a directive stopped, since when, whose turn it is")
    )
    parser.add_argument("directive", metavar="DIRECTIVE", help=_("its number"))
    parser.add_argument("--json", action="store_true", help=_("answer in JSON"))
    parser.set_defaults(run=show)


def show(arguments: Namespace) -> int:
    start_clock()
    found = directive_named(arguments.directive)
    version = version_in_force(found) if found else None
    if version is None:
        print(
            _("No directive is published as %(name)s.") % {"name": arguments.directive},
            file=sys.stderr,
        )
        return 2
    relay = relay_of(version, now=clock.now())
    if arguments.json:
        print(json.dumps(plain(relay), ensure_ascii=False))
    else:
        _print(version, relay)
    return 0


def _moment(value: datetime | None) -> str | None:
    return value.astimezone(clock.SHANGHAI).isoformat() if value else None


def plain(relay: Relay) -> dict[str, Any]:
    """The whole answer for a program; moments in Shanghai time."""
    version = relay.version
    return {
        "directive": version.directive.number,
        "version": version.number,
        "title": version.title,
        "withdrawn": version.directive.withdrawn_at is not None,
        "units": relay.total,
        "reached": relay.reached,
        "acknowledged": relay.acknowledged,
        "states": {state.value: relay.counts[state] for state in State},
        "stops": [_plain_node(node) for node in relay.stops],
        "waiting": [_plain_node(node) for node in relay.waiting],
    }


def _plain_node(node: Node) -> dict[str, Any]:
    return {
        "unit": node.receipt.unit.name,
        "code": node.receipt.unit.code,
        "duty": node.owed.duty.value if node.owed else None,
        "due_at": _moment(node.owed.due_at) if node.owed else None,
        "since": _moment(node.since),
        "turn": [person.name for person in node.turn],
        "not_reached": [below.receipt.unit.name for below in node.not_reached],
    }


def _print(version: DirectiveVersion, relay: Relay) -> None:
    print(f"{version.directive.number} v{version.number} {version.title}")
    print(
        _("  %(reached)s of %(total)s units reached, %(acknowledged)s have acknowledged.")
        % {
            "reached": relay.reached,
            "total": relay.total,
            "acknowledged": relay.acknowledged,
        }
    )
    if version.directive.withdrawn_at is not None:
        print(_("  Withdrawn: nobody is asked any more."))
    elif not relay.stops:
        print(_("  It has stopped nowhere."))
    for node in relay.stops:
        print("  " + _line(node))


def _line(node: Node) -> str:
    assert node.owed is not None
    since = node.since.astimezone(clock.SHANGHAI) if node.since else None
    words = _("%(unit)s (%(code)s): %(duty)s overdue since %(since)s; turn of %(turn)s") % {
        "unit": node.receipt.unit.name,
        "code": node.receipt.unit.code,
        "duty": duty_words(node.owed.duty),
        "since": f"{since:%Y-%m-%d %H:%M}" if since else "–",
        "turn": ", ".join(person.name for person in node.turn) or _("nobody on the post"),
    }
    behind = len(node.not_reached)
    return words + (_("; %(n)s units behind it not reached") % {"n": behind} if behind else "")
