"""Owns Directive, its versions, receipts and feedback; SupervisionItem; Plan and its levels.

Reads roster, rulebook; writes letters into notifications. Gives "where did it stop, since
when, whose turn" (`queries.relay_of`), the verbs of a directive (`operations`), of a matter
to be settled (`supervision`) and of the work plan (`plans`).
"""
