"""An object as YAML, alive: read, searched, copied, while it changes. Secrets stay masked until `x`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from k9py.actions.plan import Target
from k9py.session.session import Session
from k9py.ui.document import count_managed, read_object, write_object
from k9py.ui.screens.document_page import ObjectPage
from k9py.ui.widgets.key_bar import KeyHint
from k9py.values.prose import Prose


class YamlPage(ObjectPage):
    """The YAML of one object."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "fold", "managedFields", show=False),
        Binding("x", "unmask", "Decode", show=False),
    ]
    SUFFIX = "yaml"

    def __init__(self, session: Session, target: Target) -> None:
        super().__init__(session, target)
        self._found: dict[str, Any] | None = None
        self._managed = False
        self._unmasked = False

    @property
    def crumb(self) -> str:
        return f"yaml {self._key.name}"

    @property
    def version(self) -> str | None:
        metadata = self._found and self._found.get("metadata")
        return metadata.get("resourceVersion") if metadata else None

    @property
    def about(self) -> Sequence[str]:
        folded = 0 if self._managed or not self._found else count_managed(self._found)
        return (*super().about, f"{folded} managedFields folded, m shows them" if folded else "")

    async def read(self) -> Prose:
        assert self.session
        self._found = read_object(await self.session.whole(self._key, self._resource), self._resource)
        return self._write(self._found)

    def _write(self, found: dict[str, Any]) -> Prose:
        return write_object(found, managed_fields=self._managed, unmasked=self._unmasked)

    def _write_again(self) -> None:
        if self._found:
            self.show(self._write(self._found))

    @property
    def _secret(self) -> bool:
        return self._resource.gvr.full_name == "secrets"

    def own_hints(self) -> Sequence[KeyHint]:
        return (
            KeyHint("m", "Fold managedFields" if self._managed else "managedFields"),
            *((KeyHint("x", "Mask" if self._unmasked else "Decode"),) if self._secret else ()),
        )

    def action_fold(self) -> None:
        self._managed = not self._managed
        self._write_again()

    def action_unmask(self) -> None:
        if self._secret:
            self._unmasked = not self._unmasked
            self._write_again()
