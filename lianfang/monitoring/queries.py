"""Questions about files."""

from __future__ import annotations

from django.db.models import QuerySet

from lianfang.monitoring.models import MonitoringFile
from lianfang.roster.models import Person
from lianfang.rulebook.monitor_policy import MonitorPolicy, policy_from
from lianfang.rulebook.queries import rules_of


def open_files() -> QuerySet[MonitoringFile]:
    return MonitoringFile.objects.filter(closed_at__isnull=True)


def open_file_of(person: Person) -> MonitoringFile | None:
    return open_files().filter(person=person).first()


def policy_of(file: MonitoringFile) -> MonitorPolicy:
    """The policy of the edition that the file keeps."""
    return policy_from(rules_of(file.edition_id).settings)
