"""Owns questions that records raise: copied reporting, and two records that contradict.

Reads reports, exemptions, gate and dormitory, orders. A question is about help, never a
penalty, and no appraisal reads this room.
"""
