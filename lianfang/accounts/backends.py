"""Log-in by number and password; the account comes with its person in one query."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db import connection
from django.http import HttpRequest

from lianfang.accounts.models import Account
from lianfang.roster.models import Person
from lianfang.vault.rows import stored

_PERSON = ("number", "name", "name_key", "category", "position", "political_status")
_ACCOUNT_OF_SESSION = (
    "SELECT a.login, a.password, a.is_operator, a.language, a.person_id, "
    + ", ".join(f"p.{name}" for name in _PERSON)
    + " FROM accounts_account a LEFT JOIN roster_person p ON p.id = a.person_id"
    " WHERE a.id = %s AND a.is_active = %s"
)


class NumberBackend(BaseBackend):
    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Account | None:
        if not username or password is None:
            return None
        account = Account.objects.select_related("person").filter(login=username).first()
        if account is None:
            Account().set_password(password)  # the same work for an unknown number
            return None
        return account if account.is_active and account.check_password(password) else None

    def get_user(self, user_id: int) -> Account | None:
        """The account of a session with its person, by one plain statement.

        Asked by every request. What few pages need (phone, address) is left to be fetched
        when it is asked for; so is everything that the database would have to convert.
        """
        with connection.cursor() as cursor:
            cursor.execute(_ACCOUNT_OF_SESSION, [user_id, True])
            found = cursor.fetchone()
        if found is None:
            return None
        login, password, is_operator, language, person_id, *of_person = found
        account = stored(
            Account,
            ["id", "login", "password", "is_operator", "is_active", "language", "person_id"],
            [int(user_id), login, password, bool(is_operator), True, language, person_id],
        )
        account.person = None
        if person_id is not None:
            account.person = stored(Person, ["id", *_PERSON], [person_id, *of_person])
        return account
