"""What is due now, done in the right order; the loop around it lives in the command line.

Each function answers “did I find work?”. Several processes may run them at the same time:
every claim is a conditional update.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from lianfang.audit import seals
from lianfang.duty.models import DutyMoment
from lianfang.escalation import operations as escalation
from lianfang.escalation.models import Escalation
from lianfang.installation import heartbeat
from lianfang.installation.queries import is_exercise
from lianfang.kernel.clock import reporting_day
from lianfang.kernel.texts import gettext_noop as _
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
from lianfang.usecases.steps import Failures, Step

_SEALS = 4  # stretches of the audit trail that one sweep seals at most
_chosen_lease: timedelta | None = None


def _postpone_climb(*, now: datetime, to: datetime) -> None:
    first = Escalation.objects.filter(next_due_at__lte=now).order_by("next_due_at").first()
    if first is not None:
        Escalation.objects.filter(pk=first.pk).update(next_due_at=to)


def _postpone_duty(*, now: datetime, to: datetime) -> None:
    first = DutyMoment.objects.filter(struck_at__isnull=True, due_at__lte=now)
    DutyMoment.objects.filter(pk__in=first.order_by("due_at", "id").values("pk")[:1]).update(
        due_at=to
    )


# In the order of urgency: what stands further down has its turn when nothing above is due.
STEPS = (
    Step(_("the ladder of what nobody has answered"), (escalation.climb_next,), (_postpone_climb,)),
    Step(_("the moments of the day"), (deadlines.strike_next,), ()),
    Step(
        _("a directive, or a matter to settle, is overdue"),
        (directives.chase_next,),
        (directives.postpone_next,),
    ),
    Step(_("the moments of the duty roster"), (duty_moments.strike_next,), (_postpone_duty,)),
    Step(_("the steps of campaigns"), (campaigns.strike_next,), (campaigns.postpone_next,)),
    Step(_("ways to a hospital"), (referrals.remind_next,), (referrals.postpone_next,)),
    Step(
        _("many ill at once"),
        (
            clusters.weigh_next,
            clusters.remind_next,
            cluster_detection.strike_next,
            clusters.recount_next,
        ),
        (clusters.postpone_next, clusters.postpone_reminder, cluster_detection.postpone_next),
    ),
    Step(_("legal clocks"), (legal_clocks.strike_next,), (legal_clocks.postpone_next,)),
    Step(
        _("checks of the ill that come due"),
        (legal_clocks.remind_of_check,),
        (legal_clocks.postpone_check,),
    ),
    Step(
        _("needs and releases of quarantine"),
        (quarantine_needs.remind_next, quarantine.propose_next),
        (quarantine_needs.postpone_next, quarantine.postpone_next),
    ),
    Step(
        _("comparisons of records"),
        (doubts.strike_next, campus_records.purge_next),
        (doubts.postpone_next,),
    ),
    Step(
        _("the moments of key monitoring"),
        (monitoring_moments.strike_next,),
        (monitoring_moments.postpone_next,),
    ),
    Step(
        _("comparisons with a list of areas"), (exposures.strike_next,), (exposures.postpone_next,)
    ),
    Step(_("visits of contacts"), (contact_visits.strike_next,), (contact_visits.postpone_next,)),
    Step(
        _("answers from outside that stay out"),
        (contact_packages.remind_next,),
        (contact_packages.postpone_next,),
    ),
)


def keep_time(now: datetime, failures: Failures | None = None) -> bool:
    """One piece of clock-driven work: a climb, a moment of the day, something overdue."""
    failures = failures or Failures(most=2)
    return any(step.take(now, failures) for step in STEPS)


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
    for _stretch in range(_SEALS):
        if seals.seal_next(now=now) is None:
            break
