"""`lianfang found`, `createadmin`, `edition publish`, `demo`, `check`: setting up."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.utils.translation import gettext as _

from lianfang.accounts import operations as accounts
from lianfang.commands.ready import make_ready, prepare_database
from lianfang.installation import operations as installation
from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.refusals import Invalid
from lianfang.rulebook import operations as rulebook
from lianfang.usecases.founding import load_shipped

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    found = subparsers.add_parser("found", help=_("prepare an empty database for a college"))
    found.add_argument("name", metavar="NAME", help=_("the name of the college"))
    found.add_argument("--exercise", action="store_true", help=_("mark it as an exercise"))
    found.set_defaults(run=found_college)

    admin = subparsers.add_parser("createadmin", help=_("make an account for an administrator"))
    admin.add_argument("login", metavar="LOGIN")
    admin.add_argument(
        "--password-stdin", action="store_true", help=_("read the password from standard input")
    )
    admin.set_defaults(run=create_admin)

    edition = subparsers.add_parser("edition", help=_("editions of the rulebook"))
    publish = edition.add_subparsers(required=True).add_parser(
        "publish", help=_("publish an edition from its file")
    )
    publish.add_argument("file", type=Path, metavar="FILE")
    publish.set_defaults(run=publish_edition)

    demo = subparsers.add_parser("demo", help=_("make the demonstration college (an exercise)"))
    demo.add_argument("--people", type=int, default=3000, metavar="N", help=_("how many people"))
    demo.set_defaults(run=make_demo)

    check = subparsers.add_parser("check", help=_("look for mistakes in the installation"))
    check.add_argument("--deploy", action="store_true", help=_("also what a real server needs"))
    check.set_defaults(run=check_installation)


def found_college(arguments: Namespace) -> int:
    if os.environ.get("LIANFANG_CLOCK") and not arguments.exercise:
        raise installation.NotAnExercise  # before anything is made
    prepare_database()
    now = clock.now()
    installation.found(name=arguments.name, is_exercise=arguments.exercise, now=now)
    load_shipped(now=now)
    installation.apply_clock_setting()
    print(_("Founded: %(name)s. Next: lianfang createadmin LOGIN") % {"name": arguments.name})
    return 0


def publish_edition(arguments: Namespace) -> int:
    make_ready()
    edition = rulebook.publish_file(path=arguments.file, actor=OPERATOR, now=clock.now())
    print(_("Edition %(number)s is published.") % {"number": edition.number})
    return 0


def create_admin(arguments: Namespace) -> int:
    make_ready()
    if arguments.password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        try:
            password = getpass.getpass(_("Password: "))
            again = getpass.getpass(_("Once more: "))
        except EOFError:
            print(_("No password was typed; a script uses --password-stdin."), file=sys.stderr)
            return 2
        if password != again:
            print(_("The two passwords are not the same."), file=sys.stderr)
            return 2
    try:
        accounts.create_operator(login=arguments.login, password=password, now=clock.now())
    except Invalid as error:
        for field, problem in error.problems.items():
            print(f"{field}: {_(problem)}", file=sys.stderr)
        return 2
    print(_("Administrator %(login)s may log in now.") % {"login": arguments.login})
    return 0


def make_demo(arguments: Namespace) -> int:
    from lianfang.demo.college import build

    prepare_database()
    build(number=arguments.people)
    return 0


def check_installation(arguments: Namespace) -> int:
    try:
        call_command("check", deploy=arguments.deploy, fail_level="WARNING")
    except SystemCheckError as error:
        print(error, file=sys.stderr)
        return 2
    return 0
