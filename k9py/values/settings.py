"""What a person may set in the configuration file, and what it means for a context."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import msgspec

Theme = Literal["dark", "light"]
Editor = Literal["built-in", "external"]
ShellPlace = Literal["pane", "full-screen"]
"""Where shells open."""


class Protected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which contexts are protected: patterns (`*prod*`) of the names of contexts, or of their clusters."""

    contexts: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()


class AuditSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`file` is where changes are put down; empty for beside k9py's log. A leading `~` is the home directory."""

    file: str = ""

    @property
    def path(self) -> Path | None:
        """Where that is; None for where it is usually."""
        return Path(self.file).expanduser() if self.file else None


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of the file, with what holds where it says nothing."""

    theme: Theme = "dark"
    readonly: bool = False
    readonly_contexts: tuple[str, ...] = ()
    editor: Editor = "external"
    shell: ShellPlace = "pane"
    protected: Protected = Protected()
    audit: AuditSettings = AuditSettings()
    keys: dict[str, str] = {}
    """The keys of actions by their ids, where they are not the usual ones: in Textual's names, once they are read."""

    def protects(self, context: str, cluster: str = "") -> bool:
        """Whether what destroys must be confirmed there by the context's name."""
        return matches(self.protected.contexts, context) or matches(self.protected.clusters, cluster)

    def is_readonly(self, context: str) -> bool:
        """Whether nothing may be changed there."""
        return self.readonly or matches(self.readonly_contexts, context)


def matches(patterns: Iterable[str], name: str) -> bool:
    """Whether a name is one of those that the patterns mean, as a shell reads them; case counts, as in names."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)
