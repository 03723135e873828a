"""Owns quarantine orders, rooms and beds, daily checks, needs and release.

Reads incidents and below. Somebody outside orders; the school serves, looks after, and records.
"""
