"""Owns the travel and contact survey: trips as segments, meetings with people, and who answered.

Reads roster and places. Gives where somebody was, on which day, and whom they met.
"""
