"""Owns what the gate and other records of the campus say: passages, imported and dated.

Reads roster. Gives where the records say that a person was, to be compared and never followed.
"""
