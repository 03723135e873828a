"""Owns questions that reports raise: copied reporting, and records that contradict each other.

Reads all records below. A question about help, never a penalty; nobody is followed.
"""
