"""Owns Edition and its Symptom, ScreeningRule, Deadline, LadderStep, MessageText: rules as data.

Reads nothing but the shipped files in rulebook/. Gives `rules_in_force(at)`.
"""
