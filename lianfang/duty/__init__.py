"""Who stands where and when, and the proof that they can be reached.

Owns covers (what must be manned), rotations, shifts with their changes and swaps, the log,
hand-overs, drills, findings, facts with their reply, feed addresses, and the moments at which
something of this is due. Reads roster, accounts, places. Gives `on_duty` and `check`.
"""
