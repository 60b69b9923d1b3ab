"""Signals by number and name (Linux)."""

from __future__ import annotations

_NAMES = (
    "EXIT HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU "
    "URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS"
)
NAMES = _NAMES.split()
"""The name of each number."""

TEXTS = {1: "Hangup", 6: "Aborted", 9: "Killed", 11: "Segmentation fault", 15: "Terminated"}
"""What a shell says of a program that one has ended."""


def number_of(name: str) -> int | None:
    """The number of a signal: `TERM`, `SIGTERM`, `15`; None if there is none."""
    plain = name.upper().removeprefix("SIG")
    if plain.isdigit():
        return int(plain) if int(plain) < len(NAMES) else None
    return NAMES.index(plain) if plain in NAMES else None
