"""Pages of those who answer for others: desk, unit, sign, board, incident. Owns no table."""
