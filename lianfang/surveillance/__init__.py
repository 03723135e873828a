"""Detectors, attack rates, chains and tracing on NumPy arrays.

Owns:  the arithmetic of outbreak detection and contact tracing.
Reads: arrays and files it is given; no Django, no database, no clock.
Gives: upper bounds and alarms, rates with intervals, chains, who met whom.

The files say `scipy.stats.norm`, not `from scipy.stats import norm`: SciPy loads that part at
its first use, and half a second of every start of the product is saved.
"""

from lianfang.surveillance.attack import AttackRate, TwoByTwo, attack_rate, attack_table
from lianfang.surveillance.chains import ChainFaults, ChainMeasures, chain_measures
from lianfang.surveillance.cusum import Cusum, cusum
from lianfang.surveillance.detection import (
    NOT_JUDGED,
    BadParameter,
    Detection,
    SeriesTooShort,
    SurveillanceError,
    rates,
)
from lianfang.surveillance.ears import ClassicalEars, ears, ears_classical
from lianfang.surveillance.farrington import Farrington, farrington_flexible
from lianfang.surveillance.farrington_parameters import FarringtonParameters
from lianfang.surveillance.linelist import EpochSeries, aggregate
from lianfang.surveillance.meetings import Contacts, Trace
from lianfang.surveillance.person_days import PersonDays, person_days
from lianfang.surveillance.presence import PresenceIndex
from lianfang.surveillance.tracing import ContactIndex

__all__ = [
    "NOT_JUDGED",
    "AttackRate",
    "BadParameter",
    "ChainFaults",
    "ChainMeasures",
    "ClassicalEars",
    "ContactIndex",
    "Contacts",
    "Cusum",
    "Detection",
    "EpochSeries",
    "Farrington",
    "FarringtonParameters",
    "PersonDays",
    "PresenceIndex",
    "SeriesTooShort",
    "SurveillanceError",
    "Trace",
    "TwoByTwo",
    "aggregate",
    "attack_rate",
    "attack_table",
    "chain_measures",
    "cusum",
    "ears",
    "ears_classical",
    "farrington_flexible",
    "person_days",
    "rates",
]
