"""Owns Article and its versions, Campaign, Recipient, CallTask, PhoneCorrection.

What people shall know, whom it was sent to, who confirmed it, who still has to be rung.
Reads roster; writes letters into notifications. Gives `start`, `strike_next`, `confirm`.
"""
