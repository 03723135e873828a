"""Owns cluster alerts: count rules with their source, detectors on rates, and their workflow.

Reads incidents and below, and `surveillance`. Gives one alert per rule and group, never two.
"""
