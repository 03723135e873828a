"""A home that another version made is refused in words, before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from lianfang.commands import serve
from lianfang.commands.main import DONE, REFUSED, main
from lianfang.commands.tables import TablesOfAnotherVersion, bring_up_to_date, tables_fit
from lianfang.demo import beginning
from lianfang.installation.models import Installation
from lianfang.installation.queries import forget

pytestmark = pytest.mark.django_db(transaction=True)
Output = pytest.CaptureFixture[str]


@pytest.fixture
def a_lost_column() -> Iterator[None]:
    """A database as it stands before an update: a column of today is not there yet."""
    rename = "ALTER TABLE roster_unit RENAME COLUMN {} TO {}"
    with connection.cursor() as cursor:
        cursor.execute(rename.format("kind", "kind_of_old"))
    yield
    with connection.cursor() as cursor:
        cursor.execute(rename.format("kind_of_old", "kind"))


def forget_migration(app: str, name: str) -> None:
    MigrationRecorder.Migration.objects.filter(app=app, name=name).delete()


def remember_migration(app: str, name: str) -> None:
    MigrationRecorder(connection).record_applied(app, name)


def test_the_tables_of_this_version_fit() -> None:
    assert tables_fit()


@pytest.mark.usefixtures("college", "a_lost_column")
def test_a_command_says_in_words_that_the_tables_are_not_its_own(capsys: Output) -> None:
    for words in (["ledger", "网络1班"], ["work", "--until-idle"], ["roster", "export", "--csv"]):
        assert main(["--lang", "en", *words]) == REFUSED
        told = capsys.readouterr().err
        assert "cannot bring it up to date" in told
        assert "installation.tables-of-another-version" in told


@pytest.mark.usefixtures("college")
def test_tables_that_an_update_will_mend_name_the_command_that_does(capsys: Output) -> None:
    """As before the packages brought a new table: neither it nor its migration is there."""
    rename = "ALTER TABLE {} RENAME TO {}"
    with connection.cursor() as cursor:
        cursor.execute(rename.format("axes_accessattemptexpiration", "axes_later"))
    forget_migration("axes", "0010_accessattemptexpiration")
    assert main(["--lang", "en", "ledger", "网络1班"]) == REFUSED
    assert "start “lianfang run” once" in capsys.readouterr().err
    with connection.cursor() as cursor:
        cursor.execute(rename.format("axes_later", "axes_accessattemptexpiration"))
    remember_migration("axes", "0010_accessattemptexpiration")
    assert main(["ledger", "网络1班"]) == DONE


@pytest.mark.usefixtures("college")
def test_a_history_that_is_not_ours_changes_nothing(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_migration("roster", "0001_initial")
    monkeypatch.setattr(serve, "_port_is_free", lambda host, port: True)
    try:
        with pytest.raises(TablesOfAnotherVersion):
            bring_up_to_date()
        assert main(["--lang", "en", "run", "--demo"]) == REFUSED
        assert "move it away and start again" in capsys.readouterr().err
    finally:
        remember_migration("roster", "0001_initial")


def test_settings_that_mean_nothing_are_told_in_a_line(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANFANG_CLOCK", "yesterday")
    assert main(["--lang", "en", "ledger", "X"]) == REFUSED
    assert "“yesterday” is no moment" in capsys.readouterr().err


def test_a_demonstration_that_was_interrupted_is_known_by_its_clock() -> None:
    assert not beginning.is_half_made()
    made = Installation.objects.create(
        name=beginning.NAME, is_exercise=True, created_at="2020-02-14T01:40Z"
    )
    assert beginning.is_half_made()
    Installation.objects.filter(pk=made.pk).update(clock_offset_s=-5.0)
    forget()
    assert not beginning.is_half_made()
