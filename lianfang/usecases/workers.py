"""What is due now, done in the right order; the loop around it lives in the command line.

Each function answers “did I find work?”. Several processes may run them at the same time:
every claim is a conditional update.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from lianfang.duty.models import DutyMoment
from lianfang.escalation import operations as escalation
from lianfang.escalation.models import Escalation
from lianfang.installation import heartbeat
from lianfang.installation.queries import is_exercise
from lianfang.kernel.clock import reporting_day
from lianfang.notifications import operations as notifications
from lianfang.notifications import probes, receiving, secrecy
from lianfang.notifications.channels.deadline import wall_clock
from lianfang.notifications.outlets import Outlets, usable
from lianfang.usecases import (
    campaigns,
    campus_records,
    cluster_detection,
    clusters,
    contact_packages,
    contact_visits,
    deadlines,
    directives,
    doubts,
    duty_moments,
    exposures,
    legal_clocks,
    monitoring_moments,
    quarantine,
    quarantine_needs,
    referrals,
    uploads,
)

logger = logging.getLogger(__name__)
_POSTPONED = timedelta(minutes=1)
_chosen_lease: timedelta | None = None


def keep_time(now: datetime) -> bool:
    """One piece of clock-driven work: a climb, a moment of the day, something overdue."""
    return (
        climb(now)
        or strike(now)
        or chase(now)
        or keep_duty(now)
        or reach(now)
        or remind(now)
        or keep_clusters(now)
        or watch_clocks(now)
        or keep_quarantine(now)
        or compare(now)
        or watch_over(now)
        or compare_exposures(now)
        or follow_contacts(now)
    )


def follow_contacts(now: datetime) -> bool:
    """A day of visits to share out, one that nobody made, an answer from outside that stays out."""
    for move, postpone in (
        (contact_visits.strike_next, contact_visits.postpone_next),
        (contact_packages.remind_next, contact_packages.postpone_next),
    ):
        try:
            if move(now=now) is not None:
                return True
        except Exception:
            logger.exception("A move of contacts failed and is put off for a minute")
            postpone(now=now, to=now + _POSTPONED)
            return True
    return False


def climb(now: datetime) -> bool:
    """One climb. A row that cannot be climbed is put off, so that it stops nobody else."""
    try:
        return escalation.climb_next(now=now) is not None
    except Exception:
        logger.exception("A climb failed and is put off for a minute")
        due = Escalation.objects.filter(next_due_at__lte=now).order_by("next_due_at")
        first = due.first()
        if first is not None:
            Escalation.objects.filter(pk=first.pk).update(next_due_at=now + _POSTPONED)
        return True


def strike(now: datetime) -> bool:
    return deadlines.strike_next(now=now) is not None


def chase(now: datetime) -> bool:
    """One overdue directive or matter. One that cannot be chased is put off as well."""
    try:
        return directives.chase_next(now=now) is not None
    except Exception:
        logger.exception("An overdue directive or matter is put off for a minute")
        directives.postpone_next(now=now, to=now + _POSTPONED)
        return True


def keep_duty(now: datetime) -> bool:
    """One moment of the duty roster. One that fails is put off, so that it stops nobody else."""
    try:
        return duty_moments.strike_next(now=now) is not None
    except Exception:
        logger.exception("A moment of the duty roster failed and is put off for a minute")
        first = DutyMoment.objects.filter(struck_at__isnull=True, due_at__lte=now)
        DutyMoment.objects.filter(pk__in=first.order_by("due_at", "id").values("pk")[:1]).update(
            due_at=now + _POSTPONED
        )
        return True


def reach(now: datetime) -> bool:
    """One portion of a campaign. A step that fails is put off, so that it stops nobody else."""
    try:
        return campaigns.strike_next(now=now) is not None
    except Exception:
        logger.exception("A step of a campaign failed and is put off for a minute")
        campaigns.postpone_next(now=now, to=now + _POSTPONED)
        return True


def remind(now: datetime) -> bool:
    """One way to a hospital whose next step stays out. One that fails is put off as well."""
    try:
        return referrals.remind_next(now=now) is not None
    except Exception:
        logger.exception("A reminder about a referral failed and is put off for a minute")
        referrals.postpone_next(now=now, to=now + _POSTPONED)
        return True


def watch_over(now: datetime) -> bool:
    """One moment of key monitoring. One that fails is put off as well."""
    try:
        return monitoring_moments.strike_next(now=now) is not None
    except Exception:
        logger.exception("A moment of key monitoring failed and is put off for a minute")
        monitoring_moments.postpone_next(now=now, to=now + _POSTPONED)
        return True


def keep_quarantine(now: datetime) -> bool:
    """One need that waits too long, or one release to put before somebody."""
    try:
        return (
            quarantine_needs.remind_next(now=now) is not None
            or quarantine.propose_next(now=now) is not None
        )
    except Exception:
        logger.exception("A moment of quarantine failed and is put off for a minute")
        quarantine_needs.postpone_next(now=now, to=now + _POSTPONED)
        quarantine.postpone_next(now=now, to=now + _POSTPONED)
        return True


def watch_clocks(now: datetime) -> bool:
    """One limit outside, or one check, whose moment has come. One that fails is put off."""
    try:
        if legal_clocks.strike_next(now=now) is not None:
            return True
    except Exception:
        logger.exception("A legal clock failed and is put off for a minute")
        legal_clocks.postpone_next(now=now, to=now + _POSTPONED)
        return True
    try:
        return legal_clocks.remind_of_check(now=now) is not None
    except Exception:
        logger.exception("A reminder of a check failed and is put off for a minute")
        legal_clocks.postpone_check(now=now, to=now + _POSTPONED)
        return True


def compare_exposures(now: datetime) -> bool:
    """One list that nobody was compared with, or calls that stay out. What fails is put off."""
    try:
        return exposures.strike_next(now=now)
    except Exception:
        logger.exception("A comparison with a list, or a letter about calls, is put off")
        exposures.postpone_next(now=now, to=now + _POSTPONED)
        return True


def keep_clusters(now: datetime) -> bool:
    """Who fell ill is counted at once; clocks, detectors and the hourly count have their moments."""
    try:
        return (
            clusters.weigh_next(now=now)
            or clusters.remind_next(now=now) is not None
            or cluster_detection.strike_next(now=now) is not None
            or clusters.recount_next(now=now)
        )
    except Exception:
        logger.exception("The count of the ill failed and is put off for a minute")
        clusters.postpone_next(now=now, to=now + _POSTPONED)
        clusters.postpone_reminder(now=now, to=now + _POSTPONED)
        cluster_detection.postpone_next(now=now, to=now + _POSTPONED)
        return True


def compare(now: datetime) -> bool:
    """One comparison of records, or one deletion of old ones. One that fails is put off."""
    try:
        return (
            doubts.strike_next(now=now) is not None
            or campus_records.purge_next(now=now) is not None
        )
    except Exception:
        logger.exception("A comparison of records failed and is put off for a minute")
        doubts.postpone_next(now=now, to=now + _POSTPONED)
        return True


def open_today(now: datetime) -> None:
    """The day is open even when no worker was awake at midnight."""
    doubts.ensure_night(now=now)
    campus_records.ensure_purge(now=now)
    deadlines.ensure_day_is_open(day=reporting_day(now), now=now)
    duty_moments.ensure_check(now=now)
    cluster_detection.ensure_day(day=reporting_day(now), now=now)


def deliver(now: datetime) -> bool:
    """One letter handed over, put off, or found taken; else a probe. True if one was due.

    The channels are those of the settings file as it is now; one that cannot be read leaves
    the last ones in force.
    """
    outlets = usable()
    done = notifications.deliver_next(
        now=now,
        channels=outlets.channels,
        exercise=is_exercise(),
        lease=_lease(outlets),
        settings_are_sound=not outlets.problems,
        reporting_back=outlets.callbacks,
    )
    return done is not None or probes.probe_next(now=now, outlets=outlets)


def set_lease(lease: timedelta | None) -> None:
    """How long a claim of this process holds; None: what the settings call for."""
    global _chosen_lease
    _chosen_lease = lease


def _lease(outlets: Outlets) -> timedelta:
    return _chosen_lease or outlets.lease


def sweep(now: datetime, name: str) -> None:
    """Housekeeping of every few seconds: the heartbeat, and leases no clock can explain."""
    outlets = usable()
    heartbeat.beat(name=name, now=now)
    notifications.release_impossible_leases(now=now, lease=_lease(outlets))
    receiving.forget_old_nonces(now=wall_clock())
    secrecy.forget_old_secrets(now=now)
    probes.keep_states(now=now, outlets=outlets)
    uploads.sweep(now=now)
