"""Owns Entry: who did or saw what, when; append-only.

Reads nothing above it. Gives `record(...)`, called beside every write and every look.
"""
