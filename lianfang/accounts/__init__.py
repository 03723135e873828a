"""Owns Account and ActivationCode: how a person proves who they are. Reads roster."""
