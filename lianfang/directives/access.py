"""Who may draft, sign, answer, judge and see. Deny by default; what is not yours is not found."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from lianfang.directives.audience import ANSWERABLE
from lianfang.directives.models import (
    Attachment,
    Directive,
    DirectiveReceipt,
    DirectiveVersion,
    SupervisionItem,
)
from lianfang.directives.queries import receipts_for
from lianfang.kernel.refusals import Forbidden, NotYours
from lianfang.roster.access import View as Sight
from lianfang.roster.models import Post, Unit

_DRAFTS = frozenset(
    {
        Post.Role.RESPONSIBLE_HEAD,
        Post.Role.SECRETARY,
        Post.Role.LIAISON,
        Post.Role.LEADER,
        Post.Role.DUTY_OFFICER,
    }
)
_SIGNS = frozenset({Post.Role.RESPONSIBLE_HEAD, Post.Role.SECRETARY, Post.Role.LEADER})


def issuing_units(sight: Sight) -> QuerySet[Unit]:
    """Units in whose name this viewer may draft: where they hold the post themselves."""
    mine = {post.unit_id for post in sight.posts if post.role in _DRAFTS}
    return (
        Unit.objects.filter(pk__in=mine, closed_on__isnull=True)
        .exclude(kind=Unit.Kind.CLASS)
        .order_by("tree", "position", "code")
    )


def may_draft_for(unit_id: int, sight: Sight) -> bool:
    return any(post.unit_id == unit_id and post.role in _DRAFTS for post in sight.posts)


def may_sign_for(unit_id: int, sight: Sight) -> bool:
    """A leader, head or secretary of the unit itself or of one above it."""
    return sight.person is not None and unit_id in sight.units_of(_SIGNS)


def signing_units(sight: Sight) -> frozenset[int]:
    """Units whose directives this viewer may sign."""
    return sight.units_of(_SIGNS) if sight.person is not None else frozenset()


def judging_units(sight: Sight) -> frozenset[int]:
    """Units to which feedback comes that this viewer accepts or returns."""
    return frozenset(post.unit_id for post in sight.posts if post.role in _DRAFTS | _SIGNS)


def directives_visible_to(sight: Sight) -> QuerySet[Directive]:
    """Issued from my units or in sight, or addressed to me or to a unit in sight."""
    addressed = DirectiveReceipt.objects.filter(version__directive=OuterRef("pk"))
    seen = Q(unit_id__in=sight.figure_units)
    if sight.person is not None:
        seen |= Q(pk__in=receipts_for(sight.person, posts=sight.posts).order_by().values("pk"))
    published = Exists(addressed.filter(seen))
    issued = Q(issuer_id__in=sight.figure_units)
    return Directive.objects.filter(issued | published).select_related("issuer")


def directive(pk: int, *, sight: Sight) -> Directive:
    found = directives_visible_to(sight).filter(pk=pk).first()
    if found is None:
        raise NotYours
    return found


def version_of(directive: Directive, number: int, *, sight: Sight) -> DirectiveVersion:
    """Drafts are for those who draft and sign in the issuing unit."""
    version = directive.versions.filter(number=number).select_related("directive__issuer").first()
    if version is None or not (version.is_published or _works_on(directive, sight)):
        raise NotYours
    return version


def _works_on(directive: Directive, sight: Sight) -> bool:
    return may_draft_for(directive.issuer_id, sight) or may_sign_for(directive.issuer_id, sight)


def draft_of(directive: Directive, *, sight: Sight) -> DirectiveVersion | None:
    """The draft that this viewer may work on, if there is one."""
    if not _works_on(directive, sight):
        return None
    return (
        directive.versions.filter(published_at__isnull=True)
        .select_related("directive__issuer", "drafted_by")
        .first()
    )


def my_receipt(pk: int, *, sight: Sight) -> DirectiveReceipt:
    """A receipt for which this viewer answers. Raises `NotYours`: not addressed, not there."""
    if sight.person is None:
        raise NotYours
    found = receipts_for(sight.person, posts=sight.posts).filter(pk=pk).first()
    if found is None:
        raise NotYours
    return found


def receipt_to_judge(pk: int, *, sight: Sight) -> DirectiveReceipt:
    """A receipt whose feedback came to this viewer: the hop above, or the issuer's."""
    if sight.person is None:
        raise NotYours
    found = (
        DirectiveReceipt.objects.filter(pk=pk)
        .select_related("version__directive__issuer", "unit", "parent__unit")
        .first()
    )
    if found is None or found.unit_id not in sight.figure_units:
        raise NotYours
    if not judges(found, sight=sight):
        raise Forbidden
    return found


def judges(receipt: DirectiveReceipt, *, sight: Sight) -> bool:
    judge = receipt.parent.unit_id if receipt.parent else receipt.version.directive.issuer_id
    return may_draft_for(judge, sight) or judge in {
        post.unit_id for post in sight.posts if post.role in _SIGNS
    }


def attachment(pk: int, *, sight: Sight) -> Attachment:
    """A file whose matter is open to this viewer. The content is read when it is served."""
    found = (
        Attachment.objects.filter(pk=pk)
        .defer("content")
        .select_related("version__directive", "feedback__receipt", "entry__item")
        .first()
    )
    if found is None:
        raise NotYours
    if found.version is not None:
        version_of(
            directive(found.version.directive_id, sight=sight), found.version.number, sight=sight
        )
    elif found.feedback is not None:
        _see_feedback(found.feedback.receipt, sight)
    elif found.entry is not None:
        item(found.entry.item_id, sight=sight)
    return found


def _see_feedback(receipt: DirectiveReceipt, sight: Sight) -> None:
    """Evidence is for the unit itself and the line above it, not for its neighbours."""
    mine = sight.person is not None and (
        receipts_for(sight.person, posts=sight.posts).filter(pk=receipt.pk).exists()
    )
    if not mine and receipt.unit_id not in sight.event_figure_units:
        raise NotYours


def items_visible_to(sight: Sight) -> QuerySet[SupervisionItem]:
    """Matters of units in sight, and those that I own or gave."""
    seen = Q(unit_id__in=sight.event_figure_units)
    if sight.person is not None:
        seen |= Q(owner=sight.person) | Q(assigned_by=sight.person)
    return SupervisionItem.objects.filter(seen).select_related("unit", "owner", "assigned_by")


def item(pk: int, *, sight: Sight) -> SupervisionItem:
    found = items_visible_to(sight).filter(pk=pk).first()
    if found is None:
        raise NotYours
    return found


def supervised_units(sight: Sight) -> frozenset[int]:
    """Units to which this viewer may give a matter, and whose matters they may check."""
    return sight.units_of(_SIGNS | {Post.Role.DUTY_OFFICER})


def overdue_receipt(pk: int, *, units: frozenset[int]) -> DirectiveReceipt:
    """A receipt of a unit that this viewer supervises. Raises `NotYours`."""
    found = (
        DirectiveReceipt.objects.filter(pk=pk, unit_id__in=units)
        .select_related("version__directive", "unit")
        .first()
    )
    if found is None:
        raise NotYours
    return found


def answers_for(unit_id: int, sight: Sight) -> bool:
    """Whether this viewer is one of those who answer for the unit itself."""
    return any(post.unit_id == unit_id and post.role in ANSWERABLE for post in sight.posts)


def governs_plan(sight: Sight) -> bool:
    """Leaders of the committee and heads of the college work on the plan and its levels."""
    return sight.person is not None and any(
        post.role in _SIGNS and post.unit.kind in _PLAN_KINDS for post in sight.posts
    )


_PLAN_KINDS = frozenset({Unit.Kind.COMMITTEE, Unit.Kind.LEADING_GROUP, Unit.Kind.COLLEGE})
