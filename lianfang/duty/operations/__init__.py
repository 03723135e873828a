"""The verbs of this room. The short names are those that other rooms use."""

from lianfang.duty.operations.book import (
    open_handover,
    settle_log,
    sign_handover,
    write_log,
)
from lianfang.duty.operations.drills import answer_drill, close_drill, start_drill
from lianfang.duty.operations.facts import (
    feed_of_token,
    feed_token,
    note_fact,
    open_feed,
    reply_to_fact,
    revoke_feed,
)
from lianfang.duty.operations.moments import claim_moment, set_moment
from lianfang.duty.operations.rotations import (
    end_cover,
    end_rotation,
    make_all_shifts,
    make_shifts,
    set_cover,
    start_rotation,
)
from lianfang.duty.operations.shifts import (
    ShiftOverlaps,
    ShiftTooLong,
    ShiftWithoutLength,
    add_shift,
    check_in,
    move_shift,
    remove_shift,
    stand_in,
)
from lianfang.duty.operations.swaps import answer_swap, ask_swap, decide_swap, withdraw_swap

__all__ = [
    "ShiftOverlaps",
    "ShiftTooLong",
    "ShiftWithoutLength",
    "add_shift",
    "answer_drill",
    "answer_swap",
    "ask_swap",
    "check_in",
    "claim_moment",
    "close_drill",
    "decide_swap",
    "end_cover",
    "end_rotation",
    "feed_of_token",
    "feed_token",
    "make_all_shifts",
    "make_shifts",
    "move_shift",
    "note_fact",
    "open_feed",
    "open_handover",
    "remove_shift",
    "reply_to_fact",
    "revoke_feed",
    "set_cover",
    "set_moment",
    "settle_log",
    "sign_handover",
    "stand_in",
    "start_drill",
    "start_rotation",
    "withdraw_swap",
    "write_log",
]
