"""Machine interface under /api/v1/. Owns Integration: a token with scopes."""
