"""Owns RiskArea and AreaImport (areas of high incidence by day), DesignatedHospital; ships divisions, maps.

Reads audit. Gives "which county is this", "was it listed on that day", "which hospital is near".
"""
