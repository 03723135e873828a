"""Owns Message, Delivery, Attempt: the post office. Reads roster, and none of the letters.

Gives `queue(...)` inside the writer's transaction and `deliver_next(now)` to the worker. In the
order of a letter's life: operations (queue, cancel), delivering (claim, send, settle), holding
(limits, quiet hours, bundles), wording (the text), receiving (receipts, answers), probes.
"""
