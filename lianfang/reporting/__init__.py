"""Owns DailyReport, UnitDay, UnitReport, MissedReport, CallRecord, DueMoment.

One person, one day, with revisions; one unit, one day, signed and frozen.
Reads roster and rulebook. Gives the ledger of the day and the list of who is missing.
"""
