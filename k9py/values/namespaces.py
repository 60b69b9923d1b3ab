"""Which namespaces are meant: all of them, one, or several."""

from __future__ import annotations

from dataclasses import dataclass

MOST_NAMED = 2
"""So many are named where there is little room; of more it is said how many."""


@dataclass(frozen=True, slots=True)
class Namespaces:
    """A set of namespaces, in order; none named means all of them. `names` come from `of` and `read`, sorted."""

    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, *names: str) -> Namespaces:
        """These; of the empty string, or of nothing at all, all of them."""
        return cls(() if "" in names else tuple(sorted(set(names))))

    @classmethod
    def read(cls, text: str) -> Namespaces:
        """As it is typed: `shop`, `shop,billing`; `all` and the empty string are all of them."""
        names = [name.strip() for name in text.split(",") if name.strip()]
        return ALL if "all" in names else cls.of(*names)

    def __contains__(self, name: object) -> bool:
        return not self.names or name in self.names

    def __str__(self) -> str:
        return ",".join(self.names) or "all"

    @property
    def all(self) -> bool:
        """Whether it is all of them."""
        return not self.names

    @property
    def one(self) -> str:
        """The only one; the empty string where it is all or several."""
        return self.names[0] if len(self.names) == 1 else ""

    @property
    def scopes(self) -> tuple[str, ...]:
        """What is to be asked of a server: each of them, or once the empty string for all."""
        return self.names or ("",)

    @property
    def title(self) -> str:
        """`all namespaces`, `shop`, `billing, shop`, `3 namespaces`."""
        if self.all:
            return "all namespaces"
        return ", ".join(self.names) if len(self.names) <= MOST_NAMED else f"{len(self.names)} namespaces"


ALL = Namespaces()
