"""Owns MonitoringFile: why a person is watched over, from when to when, two checks a day.

Reads incidents and below. Gives the day's slots and the release that a person decides.
"""
