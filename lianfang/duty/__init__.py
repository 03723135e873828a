"""Owns DutyShift: who is on which post from when to when. Reads roster. Gives `on_duty`."""
