"""Owns Unit (two trees), Person, Membership, Post, Lodging, Exemption: who belongs where, when.

Reads audit. Gives "who answers for this unit on that day" and "who is expected to report".
"""
