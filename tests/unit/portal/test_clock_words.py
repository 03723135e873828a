"""A clock in words counts to a moment that nobody takes for another one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import override

from lianfang.kernel.clock import SHANGHAI
from lianfang.portal.templatetags.lianfang import countdown


def test_a_moment_of_another_day_is_named_with_its_day() -> None:
    now = datetime(2020, 2, 14, 9, 40, tzinfo=SHANGHAI)
    with override("en"):
        assert countdown(now + timedelta(hours=2), now).startswith("due 11:40,")
        assert countdown(now + timedelta(hours=23), now).startswith("due Sat 15 Feb 08:40,")
        assert countdown(now - timedelta(days=1), now).startswith("was due Thu 13 Feb 09:40,")
