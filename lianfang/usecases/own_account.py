"""What people do with their own account: the first visit, another password."""

from __future__ import annotations

from datetime import datetime

from lianfang.accounts import operations as accounts
from lianfang.accounts.models import Account


def activate(*, number: str, code: str, password: str, now: datetime) -> Account:
    """Number and one-time code become an account. Raises `Invalid`, `CodeNotAccepted`."""
    return accounts.activate(number=number, code=code, password=password, now=now)


def change_password(*, account: Account, old: str, new: str, now: datetime) -> None:
    """Raises `Invalid` beside the field that is wrong."""
    accounts.change_password(account=account, old=old, new=new, now=now)
