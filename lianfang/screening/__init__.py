"""Owns Finding and ExposureHit: reports and surveys × rulebook and lists of areas.

Reads reporting, surveys, places and rulebook. Gives `hits` and `keep` for a report, and
`exposures` for everybody whom a list that reaches back has caught.
"""
