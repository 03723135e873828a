"""Pages of every member: activate, log in, report, receipt, answer, my record. Owns no table."""
