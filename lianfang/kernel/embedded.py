"""The SQLite library of this process.

SQLite 3.7.0 to 3.51.2 can corrupt a WAL database that two connections checkpoint at the
same moment (sqlite.org/wal.html, "WAL-reset bug"; fixed in 3.51.3). Debian's Python still
links such a version, so the embedded database goes through `pysqlite3`, which bundles a
fixed one. Two SQLite libraries must never open one file in the same process: the swap is
therefore made once, before anything imports `sqlite3`.
"""

from __future__ import annotations

import importlib
import sys

FIRST_SAFE_VERSION = (3, 51, 3)


class UnsafeSqlite(RuntimeError):
    """The SQLite of this process may corrupt a WAL database."""


def use_bundled_sqlite() -> None:
    """Answer every later `import sqlite3` with the bundled library."""
    if "pysqlite3" in sys.modules:
        return
    bundled = importlib.import_module("pysqlite3")
    sys.modules["sqlite3"] = bundled
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")


def require_safe_sqlite() -> None:
    """Raise `UnsafeSqlite` when the SQLite in use has the WAL-reset bug."""
    import sqlite3

    if sqlite3.sqlite_version_info < FIRST_SAFE_VERSION:
        wanted = ".".join(map(str, FIRST_SAFE_VERSION))
        raise UnsafeSqlite(
            f"SQLite {sqlite3.sqlite_version} can corrupt a WAL database; "
            f"{wanted} or later is needed: run `make install` again."
        )
