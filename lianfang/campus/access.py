"""Who brings the records of gate and dormitory in. Nobody reads them as a list."""

from __future__ import annotations

from lianfang.roster.access import View
from lianfang.roster.models import Post


def may_import(sight: View) -> bool:
    """The duty officer of the committee, and the administrator."""
    return sight.is_operator or bool(sight.units_of((Post.Role.DUTY_OFFICER,)))
