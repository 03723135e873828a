"""Clock, refusals and tiny pure types. No Django, no tables."""
