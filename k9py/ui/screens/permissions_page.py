"""What one subject may do, as a table: verbs across, resources down."""

from __future__ import annotations

from collections.abc import Sequence

from k9py.insight.rules.subject import Subject
from k9py.kinds.permissions import PERMISSIONS
from k9py.session.rbac import open_permissions
from k9py.session.session import Session
from k9py.ui.screens.table_page import TablePage
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.pane import Place
from k9py.values.namespaces import Namespaces
from k9py.values.text import clean


class PermissionsPage(TablePage):
    """A subject's rights in the namespaces in use; the digits change these. No subject is ourselves."""

    def __init__(self, session: Session, subject: Subject | None, namespaces: Namespaces) -> None:
        self.subject = subject
        super().__init__(session, self._place(namespaces))

    @property
    def crumb(self) -> str:
        return f"can-i {self.subject.word if self.subject else 'myself'}"

    def _place(self, namespaces: Namespaces, text: str = "") -> Place:
        scope = clean(self.subject.label) if self.subject else "myself"
        return Place(
            *(PERMISSIONS, namespaces, text, scope),
            feed=lambda session: open_permissions(session, self.subject, namespaces),
        )

    def open(self, namespaces: Namespaces | None = None) -> None:
        assert self.session
        if namespaces is not None:
            self.place = self._place(namespaces, self.table.filter_text)
        self.table.go(self.session, self.place)

    def drill(self, *_: object) -> None:
        """There is nothing behind a row."""

    def hints(self) -> Sequence[KeyHint]:
        return super().hints() if self.typing else (KeyHint("0-9", "Namespace"), KeyHint("ctrl+w", "Through"))
