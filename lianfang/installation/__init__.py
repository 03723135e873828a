"""Owns Installation: whose copy this is, and whether it is an exercise."""
