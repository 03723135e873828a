"""The boarding school of 1978, day by day through the product: which rule alarms on which day?"""

from __future__ import annotations

from pathlib import Path

import pytest

from lianfang.clusters.models import Alert, AlertPerson, Sign
from lianfang.installation import operations as installation
from lianfang.kernel.actors import OPERATOR
from lianfang.rulebook import operations as rulebook
from tests.cast import MORNING
from tools import replay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def founded() -> None:
    installation.found(name="示例学校", is_exercise=True, now=MORNING)
    rulebook.publish_file(path=rulebook.SHIPPED / "2020-01-30.toml", actor=OPERATOR, now=MORNING)


def test_boys_in_bed_are_counted_once_and_the_school_alarms_on_the_third_day(
    founded: None, shared: Path
) -> None:
    outbreak = replay.influenza_england_1978(shared / "outbreaks")
    lines = replay.replay(outbreak, limit=4)
    assert [line.newly_ill for line in lines] == [3, 5, 18, 53]
    assert [line.opened for line in lines[:2]] == [(), ()]
    assert "A3" in lines[2].opened
    assert "A4" in lines[3].opened
    assert lines[2].verdict.startswith("ALARM")
    # 113 reports of boys in bed, and 79 boys
    ill = Sign.objects.filter(syndrome="ILI")
    assert ill.count() == ill.values("person").distinct().count() == 79
    assert Alert.objects.filter(groups__kind="COLLEGE").count() == 1
    college = Alert.objects.get(groups__kind="COLLEGE")
    people = AlertPerson.objects.filter(alert=college)
    assert people.count() == people.values("person").distinct().count() == 79


def test_what_stands_in_bed_is_not_what_is_new() -> None:
    """Prevalence is no incidence: three days in bed for each explain the file with 542 boys."""
    shape = [3, 8, 26, 76, 225, 298, 258, 233, 189, 128, 68, 29, 14, 4]
    days = {replay.BEGINS.replace(day=2 + n): count for n, count in enumerate(shape)}
    new = replay.new_from_standing(days, stay=3)
    assert list(new.values()) == [3, 5, 18, 53, 154, 91, 13, 129, 47, 0, 21, 8, 0, 0]
    assert sum(shape) == 1559
