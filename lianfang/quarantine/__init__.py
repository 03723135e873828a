"""Owns orders of quarantine, rooms and beds, daily checks, needs: who must stay where, and how they are.

Reads incidents and the roster. Gives "who is where", "what is still missing before a release".
"""
