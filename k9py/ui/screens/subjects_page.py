"""Who can do something, and who is bound to a role and what that allows. Enter on a subject shows all they may do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding as KeyBinding
from textual.binding import BindingType

from k9py.insight.rules.rbac import Binding, Rbac, RoleRef
from k9py.insight.rules.rule import Asked
from k9py.insight.rules.subject import Subject
from k9py.kinds.permissions import RULES
from k9py.kinds.subjects import SUBJECTS, SubjectRow
from k9py.session.rbac import open_bound, open_grants, open_rules
from k9py.session.session import Session
from k9py.ui.screens.page import Page
from k9py.ui.screens.permissions_page import PermissionsPage
from k9py.ui.screens.table_page import TablePage
from k9py.ui.widgets.key_bar import KeyHint
from k9py.ui.widgets.pane import Place, ResourcePane
from k9py.ui.widgets.table import ResourceTable
from k9py.values.namespaces import ALL, Namespaces
from k9py.values.resource import Key
from k9py.values.text import clean

MAY = KeyHint("enter", "All they may do")


def drill_subject(page: Page, pane: ResourcePane, key: Key) -> None:
    """Show what the subject under the cursor may do: there, or everywhere."""
    row = pane.view.get(key) if pane.view is not None else None
    if row and page.session and isinstance(row.obj, SubjectRow) and not page.k9py.opening:
        found = row.obj
        subject = Subject(found.kind, found.subject, found.home)
        page.app.push_screen(PermissionsPage(page.session, subject, Namespaces.of(found.where)))


class WhoCanPage(TablePage):
    """Everybody who can do what was asked."""

    def __init__(self, session: Session, asked: Asked, everywhere: bool) -> None:
        where = "any namespace" if everywhere else asked.namespace
        words = f"{asked.verb} {asked.path or asked.whole}{f' {asked.name}' if asked.name else ''}"
        self._asks = clean(f"{words} in {where}" if where else words)
        feed = lambda session: open_grants(session, asked, everywhere)  # noqa: E731
        super().__init__(session, Place(SUBJECTS, ALL, scope=f"who can {self._asks}", feed=feed))

    def drill(self, pane: ResourcePane, key: Key) -> None:
        drill_subject(self, pane, key)

    def hints(self) -> Sequence[KeyHint]:
        return super().hints() if self.typing else (MAY,)


class RolePage(Page):
    """Two panes: to whom a role is given, and what it allows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        KeyBinding("tab,shift+tab", "other_pane", "Other pane", show=False, priority=True),
    ]

    def __init__(
        self,
        session: Session,
        about: str,
        binds: Callable[[Binding], bool],
        role: Callable[[Rbac], RoleRef | None],
    ) -> None:
        super().__init__(session)
        self._about = clean(about)
        self._subjects = Place(SUBJECTS, ALL, scope=self._about, feed=lambda session: open_bound(session, binds))
        self._rules = Place(RULES, ALL, scope=self._about, feed=lambda session: open_rules(session, role))

    @property
    def crumb(self) -> str:
        return self._about

    def compose_body(self) -> ComposeResult:
        yield ResourcePane(self.k9py.frames, id="subjects", classes="pane")
        yield ResourcePane(self.k9py.frames, id="rules", classes="pane")

    def on_mount(self) -> None:
        super().on_mount()
        assert self.session
        subjects, rules = (self.query_one(f"#{name}", ResourcePane) for name in ("subjects", "rules"))
        subjects.trail = self.trail
        rules.focus()
        subjects.go(self.session, self._subjects)
        rules.go(self.session, self._rules)

    @on(ResourceTable.Opened)
    def _opened(self, event: ResourceTable.Opened) -> None:
        assert isinstance(event.table, ResourcePane)
        drill_subject(self, event.table, event.key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the prompt, tab takes a suggestion."""
        return super().check_action(action, parameters) and not (action == "other_pane" and self.typing)

    def action_other_pane(self) -> None:
        other = "rules" if self.focused and self.focused.id == "subjects" else "subjects"
        self.query_one(f"#{other}").focus()

    def hints(self) -> Sequence[KeyHint]:
        if self.typing:
            return super().hints()
        return (*((MAY,) if self.focused and self.focused.id == "subjects" else ()), KeyHint("tab", "Other pane"))
