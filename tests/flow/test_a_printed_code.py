"""A code is printed in two groups of four; however it is typed, it opens the account once."""

from __future__ import annotations

import pytest

from lianfang.accounts import operations as accounts
from lianfang.accounts.operations import CodeNotAccepted
from lianfang.kernel.actors import OPERATOR
from tests.cast import College

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("typed", ["{0} {1}", "{0}{1}", "{0}-{1}", " {0}　{1} "])
def test_a_code_typed_as_it_is_printed_is_accepted_once(typed: str) -> None:
    college = College.found()
    one = college["小明"]
    code = accounts.issue_code(person=one, actor=OPERATOR, by=None, now=college.now)
    words = typed.format(code[:4].lower(), code[4:])
    account = accounts.activate(
        number=one.number, code=words, password="walking-the-path", now=college.now
    )
    assert account.person == one
    with pytest.raises(CodeNotAccepted):
        accounts.activate(
            number=one.number, code=words, password="walking-the-path", now=college.now
        )
