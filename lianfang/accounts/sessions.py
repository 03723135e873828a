"""Sessions in the database, read by one plain statement.

Every request asks for its session; through the ORM that costs more than the rest of a short
request (docs/performance.md). Everything else is Django's own database session.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import connection

from lianfang.kernel.clock import real_now


class SessionStore(DatabaseSessions):
    def _get_session_from_db(self) -> Any:
        assert self.session_key is not None
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT session_data FROM django_session"
                " WHERE session_key = %s AND expire_date > %s",
                [self.session_key, real_now()],
            )
            found = cursor.fetchone()
        if found is None:
            self._session_key = None  # as Django does: the next save makes a new key
            return None
        return self.model(session_key=self.session_key, session_data=found[0])

    @classmethod
    def get_model_class(cls) -> Any:
        return DatabaseSessions.get_model_class()
