"""Owns Group and who shares it: dormitory rooms and floors, courses, canteens, activities.

Reads roster. Gives every group a person belongs to on a day, and everybody who shared one.
"""
