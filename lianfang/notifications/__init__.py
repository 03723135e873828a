"""Owns Message, Delivery, Attempt: the post office. Reads roster, and none of the letters.

Gives `queue(...)` inside the writer's transaction and `deliver_next(now)` to the worker.
"""
