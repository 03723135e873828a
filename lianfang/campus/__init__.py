"""Owns what the gate and the dormitory recorded: in or out, there or not, and when. No track.

Reads the roster. Gives "what is recorded about this person on that day"; forgets it after the
days of the edition.
"""
