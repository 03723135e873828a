"""The last metre of a message: one module for each way out, and what comes back.

Owns    nothing in the database; frozen settings, letters and receipts.
Reads   the channel settings (docs/channels.md); never the roster, never a health answer.
Gives   `registry.channels_from_settings`, a `Channel.send(letter) -> Receipt` that is bounded in
        time and never raises for a gateway's misbehaviour, and the parsers of what comes back.
"""
