"""The table for the health officer in small: one epidemic in one class is found, silence is not."""

from __future__ import annotations

import numpy as np

from tools.detection_table import LEAD, lines, measure, methods_of, shipped_policy, term
from tools.epidemics import STUDENTS, circles


def in_one_class() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Thirty of class 7 fall ill, three a day."""
    onsets = np.full(STUDENTS, -1, dtype=np.int64)
    class_7 = np.flatnonzero(circles()["CLASS"] == 7)[:30]
    onsets[class_7] = np.arange(30) // 3
    return onsets


def test_a_class_that_falls_ill_is_found_on_the_first_day_and_twice_the_same() -> None:
    policy = shipped_policy()
    quiet = [term(None, days=40, seed=1)]
    rows = {name: (detector, units) for name, detector, units in methods_of(policy)}
    detector, units = rows["A1 classes"]
    one = measure("A1", detector, units, [in_one_class()], quiet)
    again = measure("A1", detector, units, [in_one_class()], quiet)
    assert (one.found, one.epidemics, one.early) == (1, 1, 1)
    assert one.days[0] <= 3
    assert (one.days, one.false) == (again.days, again.false)
    assert lines([one])[-1].startswith("| A1 | 75 | 100 % |")


def test_what_is_reported_late_is_known_late() -> None:
    made = term(in_one_class(), days=LEAD + 12, seed=3)
    assert made.epidemic.sum() == 30
    assert (made.known >= made.onset).all()
    assert (made.known > made.onset).any()
    assert (made.onset[made.epidemic] >= LEAD).all()
