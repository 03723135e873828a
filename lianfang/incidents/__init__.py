"""Owns Incident and its facts: a person's situation that needs response, until it is closed.

Reads screening and reporting. Gives `open_or_extend`, `acknowledge`, `close`.
"""
