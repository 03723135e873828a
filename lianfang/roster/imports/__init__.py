"""A roster file becomes a plan, and a confirmed plan becomes rows.

sheets (workbook, csvfiles) → columns, values → people, party, posts → tree → plan → apply.
Everything before `stored` and `apply` is pure.
"""
