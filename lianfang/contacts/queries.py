"""Questions about investigations and contacts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Q, QuerySet

from lianfang.contacts.models import Contact, Investigation, Visit
from lianfang.contacts.rules import Nearness, Reason
from lianfang.roster.models import Membership
from lianfang.roster.queries import held_on
from lianfang.rulebook.contact_policy import ContactPolicy

_CHUNK = 10_000
FOLLOWED = (Contact.State.CONFIRMED, Contact.State.DETERMINED)


def nearness_of(policy: ContactPolicy) -> Nearness:
    return Nearness(policy.weights, policy.near_rows, policy.journey_rows, policy.long_minutes)


def reasons_of(contact: Contact) -> list[Reason]:
    return [Reason.from_plain(plain) for plain in contact.reasons.get("reasons", [])]


def units_of_people(people: Iterable[int], *, on: date) -> dict[int, int]:
    """The reporting unit of each of these people on a day."""
    wanted = sorted(set(people))
    found: dict[int, int] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Membership.objects.filter(
            held_on(on), kind=Membership.Kind.REPORTING,
            person_id__in=wanted[start : start + _CHUNK],
        )  # fmt: skip
        found |= dict(rows.values_list("person_id", "unit_id"))
    return found


def with_counts(investigations: QuerySet[Investigation]) -> QuerySet[Investigation]:
    """Each with how many of its contacts stand where."""
    counts = {
        f"n_{state.lower()}": Count("contacts", filter=Q(contacts__state=state))
        for state in Contact.State.values
    }
    return investigations.annotate(**counts)


def followed(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Contacts that somebody calls or visits every day."""
    return contacts.filter(state__in=FOLLOWED, ended_at__isnull=True)


def visits_of(person_id: int, *, on: date) -> QuerySet[Visit]:
    """What somebody of a team has to do on a day, open ones first."""
    return (
        Visit.objects.filter(owner_id=person_id, day=on)
        .select_related("contact__investigation", "contact__person", "contact__outsider")
        .order_by("outcome", "contact__investigation_id", "contact__number")
    )
