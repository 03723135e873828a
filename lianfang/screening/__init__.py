"""Owns Finding: report × rulebook. Reads reporting and rulebook. Gives `hits` and `keep`."""
