"""The demonstration college: synthetic people, a morning half reported. Owns no table."""
