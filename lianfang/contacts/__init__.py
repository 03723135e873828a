"""Owns contacts of a case: proposed, confirmed, determined by the CDC, handed over, followed up.

Reads incidents and below. The school proposes and supports; the CDC determines.
"""
