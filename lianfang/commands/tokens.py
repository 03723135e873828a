"""`lianfang token create NAME --scope … [--unit CODE]`, `token list`, `token revoke NAME`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from lianfang.api import tokens
from lianfang.api.models import Integration, Scope
from lianfang.commands.ledger import unit_named
from lianfang.installation.operations import start_clock
from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.refusals import Invalid

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, PROBLEMS = 0, 2


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    token = subparsers.add_parser("token", help=_("tokens of other systems for the API"))
    verbs = token.add_subparsers(required=True)
    create = verbs.add_parser("create", help=_("make a token; it is shown once"))
    create.add_argument("name", metavar="NAME", help=_("the system that will use it"))
    create.add_argument(
        "--scope", action="append", required=True, choices=Scope.values, help=_("what it opens")
    )
    create.add_argument("--unit", metavar="UNIT", help=_("only this unit and those below it"))
    create.set_defaults(run=create_token)
    verbs.add_parser("list", help=_("the tokens that work")).set_defaults(run=list_tokens)
    revoke = verbs.add_parser("revoke", help=_("end a token"))
    revoke.add_argument("name", metavar="NAME")
    revoke.set_defaults(run=revoke_token)


def create_token(arguments: Namespace) -> int:
    start_clock()
    unit = unit_named(arguments.unit) if arguments.unit else None
    if arguments.unit and unit is None:
        words = _("No unit, or more than one, is called %(name)s; give its code.")
        print(words % {"name": arguments.unit}, file=sys.stderr)
        return PROBLEMS
    try:
        token = tokens.issue(
            name=arguments.name,
            scopes=arguments.scope,
            unit=unit,
            actor=OPERATOR,
            now=clock.now(),
        )
    except Invalid as error:
        for field, problem in error.problems.items():
            print(f"{field}: {_(problem)}", file=sys.stderr)
        return PROBLEMS
    print(token)
    print(_("Keep it now: it is shown this once and stored nowhere."), file=sys.stderr)
    return DONE


def list_tokens(arguments: Namespace) -> int:
    working = Integration.objects.filter(revoked_at__isnull=True).select_related("unit")
    for integration in working.order_by("name"):
        where = integration.unit.code if integration.unit else "-"
        used = integration.last_used_on or "-"
        print(f"{integration.name}\t{','.join(integration.scopes)}\t{where}\t{used}")
    return DONE


def revoke_token(arguments: Namespace) -> int:
    start_clock()
    tokens.revoke(name=arguments.name, actor=OPERATOR, now=clock.now())
    print(_("Revoked: %(name)s") % {"name": arguments.name})
    return DONE
