"""Lianfang 联防: everyone accounted for every day, and a fever reaches a human being at once."""
