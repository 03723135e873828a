"""Owns Escalation and Summons: how far up the ladder something unanswered has gone.

Reads incidents, reporting, duty, roster, rulebook; writes letters into notifications.
Gives `start`, `climb_next(now)` to the worker, `answer` and `stop`.
"""
