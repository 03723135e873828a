"""Owns no table. Gives sealed model fields: health answers, phones, addresses at rest."""
