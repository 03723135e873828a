"""A message to ourselves every few minutes: a gateway that takes everything and delivers nothing
is found out before an alert needs it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from lianfang.notifications.channels.base import Letter, Outcome
from lianfang.notifications.channels.reports import DeliveryReport
from lianfang.notifications.models import ProviderState
from lianfang.notifications.outlets import ALL_PROVIDERS, Outlets

logger = logging.getLogger(__name__)

MISSES = 2  # so many in a row put a provider behind the others
_LONGEST_TRY = timedelta(minutes=1)


def keep_states(*, now: datetime, outlets: Outlets) -> None:
    """A row for each provider that is probed; none for one that is gone or is not probed."""
    wanted = [
        code for code in ALL_PROVIDERS if code in outlets.channels and outlets.probe_of(code)[0]
    ]
    known = set(ProviderState.objects.values_list("code", flat=True))
    new = [ProviderState(code=code, probe_due_at=now) for code in wanted if code not in known]
    if new:
        ProviderState.objects.bulk_create(new, ignore_conflicts=True)
    if known - set(wanted):
        ProviderState.objects.exclude(code__in=wanted).delete()


def probe_next(*, now: datetime, outlets: Outlets) -> bool:
    """Judge the last probe of one provider and send the next. False when none is due.

    Claimed like a letter, by a conditional update; sent outside of any transaction.
    """
    if not (outlets.probe_to or outlets.probe_call):
        return False
    probed = [code for code in outlets.channels if outlets.probe_of(code)[0]]
    due = ProviderState.objects.filter(probe_due_at__lte=now, code__in=probed)
    state = due.order_by("probe_due_at").first()
    if state is None:
        return False
    mine = ProviderState.objects.filter(pk=state.pk, probe_due_at=state.probe_due_at)
    if mine.update(probe_due_at=now + outlets.probe_of(state.code)[1]) != 1:
        return True
    if _got_lost(state, outlets):
        _missed(state, "no-receipt", now)
    _send(state, outlets, now)
    return True


def _got_lost(state: ProviderState, outlets: Outlets) -> bool:
    """Taken by the gateway, and no receipt since; unknowable where none are set up."""
    return bool(state.probe_reference) and state.code in outlets.callbacks


def _send(state: ProviderState, outlets: Outlets, now: datetime) -> None:
    reference = f"probe:{state.code}:{now.timestamp():.0f}"
    # Written before it is sent: the receipt may be faster than our own bookkeeping.
    ProviderState.objects.filter(pk=state.pk).update(
        probe_reference=reference, probe_id="", probed_at=now
    )
    receipt = outlets.channels[state.code].send(
        Letter(
            reference=reference,
            to=outlets.probe_of(state.code)[0],
            name="",
            subject=_("Lianfang: test message"),
            body=_("The messages of this gateway arrive. Nothing has happened."),
            link=None,
            urgent=False,
        )
    )
    ours = ProviderState.objects.filter(pk=state.pk, probe_reference=reference)
    if receipt.outcome.is_failure:
        ours.update(probe_reference="")
        _missed(state, receipt.code[:120], now)
    elif receipt.outcome == Outcome.DELIVERED or state.code not in outlets.callbacks:
        _arrived(state.code, now)
    else:
        ours.update(probe_id=receipt.provider_id[:120])


def _missed(state: ProviderState, detail: str, now: datetime) -> None:
    row = ProviderState.objects.filter(pk=state.pk)
    row.update(misses=F("misses") + 1, detail=detail)
    turned = row.filter(misses__gte=MISSES, degraded_at__isnull=True).update(degraded_at=now)
    if turned:
        logger.error("%s lost %s probes in a row; other providers go first", state.pk, MISSES)


def _arrived(code: str, now: datetime) -> None:
    ProviderState.objects.filter(pk=code).update(
        probe_reference="", arrived_at=now, misses=0, degraded_at=None, detail=""
    )


def probe_came_back(report: DeliveryReport, *, channel: str, now: datetime) -> bool:
    """Whether a report is about a probe of this provider; notes what it says."""
    state = ProviderState.objects.filter(pk=channel).first()
    if state is None or not state.probe_reference:
        return report.reference.startswith(f"probe:{channel}:")
    by_id = bool(report.provider_id) and report.provider_id == state.probe_id
    if report.reference != state.probe_reference and not by_id:
        return report.reference.startswith(f"probe:{channel}:")
    if report.outcome == Outcome.DELIVERED:
        _arrived(channel, now)
    return True
