"""Owns Entry: who did or saw what, when; append-only. Seal: keyed marks that show a change.

Reads nothing above it. Gives `record(...)`, called beside every write and every look.
"""
