"""What the field under the cursor is for, beside the object that it is of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from textual import events

from k9py.insight.describe.sheet import Cell, Sheet, bad
from k9py.insight.explain import Field, Schemas, explain, lacks_v3, v2_request, v3_request
from k9py.session.session import Session
from k9py.ui.painting import border_text
from k9py.ui.widgets.text_view import TextView
from k9py.values.errors import K9pyError
from k9py.values.resource import Resource

_NARROW = 20
"""Cells below which words are not broken."""


async def read_schemas(session: Session, resource: Resource) -> Schemas:
    """The schemas of a kind: those of its group version, or all where the server has not these. Raises K9pyError."""
    try:
        response = await session.transport.send(v3_request(resource.gvr))
    except K9pyError as error:
        if not lacks_v3(error):
            raise
        response = await session.transport.send(v2_request())
    return Schemas(response.body)


class ExplainPane(TextView):
    """The explanation of one field."""

    def __init__(self, resource: Resource) -> None:
        super().__init__(id="explain", classes="pane -hidden")
        self._resource = resource
        self._schemas: Schemas | None = None
        self._path: Sequence[str] = ()
        self._trouble = ""

    async def learn(self, session: Session) -> None:
        """Read the schemas, if they have not been."""
        if self._schemas is None:
            try:
                self._schemas = await read_schemas(session, self._resource)
                self._trouble = ""
            except K9pyError as error:
                self._trouble = error.line
            self._write()

    def tell(self, path: Sequence[str]) -> None:
        """Explain the field at a path."""
        if path != self._path or not self._lines:
            self._path = path
            self._write()
            self.scroll_rows(0)

    def on_resize(self, _event: events.Resize) -> None:
        self._write()

    def _write(self) -> None:
        if not self.is_attached:
            return
        width = max(_NARROW, self.page.width - 2)
        sheet = Sheet()
        _write_all(sheet, self._schemas, self._trouble, self._resource, self._path, width)
        self.border_title = border_text(".".join(self._path) or self._resource.kind)
        self.show(sheet.lines, sheet.tokens)


def _write_all(
    sheet: Sheet, schemas: Schemas | None, trouble: str, resource: Resource, path: Sequence[str], width: int
) -> None:
    if trouble or schemas is None:
        for line in wrap(f"✖ {trouble}" if trouble else "reading the schema …", width):
            sheet.line(bad(line) if trouble else line)
        return
    root = schemas.root(resource.gvr, resource.kind)
    field = explain(schemas, root, path) if root is not None else None
    if root is None or field is None:
        missing = f"the server has no schema of {resource.kind}" if root is None else "its schema says nothing of it"
        sheet.line(Cell(missing, "remark"))
        return
    _write_field(sheet, field, width)


def _write_field(sheet: Sheet, field: Field, width: int) -> None:
    sheet.line(Cell(field.path[-1] if field.path else "", "key"), f"<{field.type}>", *_required(field.required))
    if field.enum:
        sheet.field("One of", ", ".join(field.enum))
    if field.default:
        sheet.field("Default", field.default)
    sheet.line()
    for description in field.descriptions:
        for line in _fold(description, width):
            sheet.line(line)
        sheet.line()
    if field.fields:
        sheet.section("Fields")
    for name, kind, required in field.fields:
        sheet.line(Cell(name, "key"), f"<{kind}>", *_required(required), level=1)


def _required(required: bool) -> tuple[Cell, ...]:
    return (Cell("required", "bad"),) if required else ()


def _fold(text: str, width: int) -> Iterator[str]:
    for line in text.split("\n"):
        yield from wrap(line, width) or [""]
