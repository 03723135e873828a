"""One account for each role of the demonstration; they exist in an exercise only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.contrib.auth.hashers import make_password

from lianfang.accounts.models import Account
from lianfang.demo.people import Cast

PASSWORD = "yanlian-2020"  # printed on the screen: it opens made-up people only
_ROLES = (
    ("student", "学生 student"),
    ("counselor", "辅导员 counselor"),
    ("head", "系主任 head of a department"),
    ("officer", "党委值班员 duty officer"),
    ("secretary", "学院责任人 head of the college"),
    ("leader", "领导小组 leading group"),
)


def write(cast: Cast, *, path: Path, now: datetime) -> None:
    """Make the accounts and write the list that `lianfang run` prints."""
    hashed = make_password(PASSWORD)
    lines = [f"  演练账号 demonstration accounts (密码 password: {PASSWORD})", ""]
    for role, words in _ROLES:
        person = cast.roles[role]
        Account.objects.create(login=person.number, person=person, password=hashed, created_at=now)
        lines.append(f"    {person.number:<12} {words} · {person.name}")
    Account.objects.create(login="admin", is_operator=True, password=hashed, created_at=now)
    lines += [f"    {'admin':<12} 管理员 administrator", ""]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
