"""How loops, functions and shells are left."""

from __future__ import annotations


class Leave(Exception):
    """`break` and `continue`: how many loops are still to be left."""

    def __init__(self, loops: int, again: bool) -> None:
        super().__init__(loops)
        self.loops, self.again = loops, again


class Return(Exception):
    """`return`, and with `exits` the end of the shell: `exit`."""

    def __init__(self, status: int, exits: bool = False) -> None:
        super().__init__(status)
        self.status, self.exits = status, exits
