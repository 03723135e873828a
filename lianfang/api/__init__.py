"""Machine interface under /api/v1/, described at /api/openapi.json.

Owns Integration: a named token with scopes, perhaps bound to one unit and those below it.
Reads what the pages read, and changes through the same use cases. A person who is logged in
may use it for what their pages open.
"""
