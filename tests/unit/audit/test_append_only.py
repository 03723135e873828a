"""Nobody changes what was written down, whoever asks the database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from lianfang.audit import operations as audit
from lianfang.audit.models import Entry
from lianfang.kernel.actors import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2020, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET verb = 'x'", "DELETE FROM audit_entry"],
)
def test_an_entry_is_never_changed_or_deleted(statement: str) -> None:
    audit.record(verb="roster.unit.opened", actor=SYSTEM, subject=None, now=NOW)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert list(Entry.objects.values_list("verb", flat=True)) == ["roster.unit.opened"]
