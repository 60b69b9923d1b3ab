"""The Accept header: which of what a client would take, the server has (apiserver's content negotiation)."""

from __future__ import annotations

from typing import NamedTuple

from aiohttp import web

from k9py.demo.core.status import StatusError

JSON, YAML, PROTOBUF = "application/json", "application/yaml", "application/vnd.kubernetes.protobuf"

_FORMS = frozenset(("Table", "PartialObjectMetadata", "PartialObjectMetadataList"))
_VERSIONS = frozenset(("v1", "v1beta1"))


class Accepted(NamedTuple):
    """What the answer is to be: `kind` is empty for the object itself."""

    media: str = JSON
    kind: str = ""
    version: str = ""


class Clause(NamedTuple):
    """One alternative of the header."""

    media: str
    parameters: dict[str, str]
    quality: float


def accept(request: web.Request, *, watch: bool = False, many: bool = False, tables: bool = True) -> Accepted:
    """The best of the alternatives that the server has. StatusError (406) if there is none.

    Protobuf is taken for JSON: whoever sends it reads an answer by its Content-Type.
    """
    clauses = accepted(request)
    if not any(clause.media in (JSON, YAML, PROTOBUF, "*/*") for clause in clauses):
        raise _none_at_all(many)
    had = (JSON, PROTOBUF) if watch else (JSON, YAML, PROTOBUF)
    for clause in sorted(clauses, key=lambda one: -one.quality):
        media = JSON if clause.media == "*/*" else clause.media
        if media in had and _has_form(clause.parameters, tables):
            return Accepted(
                YAML if media == YAML else JSON, clause.parameters.get("as", ""), clause.parameters.get("v", "")
            )
    if any(clause.media == PROTOBUF for clause in clauses):
        return Accepted()
    raise not_acceptable(watch)


def accepted(request: web.Request) -> list[Clause]:
    """The alternatives that a client would take."""
    found = []
    for text in request.headers.get("Accept", "*/*").split(","):
        media, *rest = (part.strip() for part in text.split(";"))
        parameters = {name.strip(): value.strip() for name, _, value in (part.partition("=") for part in rest)}
        found.append(Clause(media, parameters, _quality(parameters.get("q", "1"))))
    return found


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 1.0


def _has_form(parameters: dict[str, str], tables: bool) -> bool:
    kind = parameters.get("as")
    if not kind:
        return True
    known = parameters.get("g") == "meta.k8s.io" and parameters.get("v") in _VERSIONS
    return known and kind in _FORMS and (tables or kind != "Table")


def _none_at_all(many: bool) -> StatusError:
    had = [JSON, YAML, PROTOBUF, *((f"{one};stream=watch" for one in (JSON, PROTOBUF)) if many else ())]
    message = f"406: Not Acceptable\n\nAvailable representations: {', '.join(had)}"
    return StatusError(406, "NotAcceptable", message, {})


def not_acceptable(watch: bool = False) -> StatusError:
    """None of the forms that a client takes can be had."""
    had = [f"{one};stream=watch" for one in (JSON, PROTOBUF)] if watch else [JSON, YAML, PROTOBUF]
    return StatusError(406, "NotAcceptable", f"only the following media types are accepted: {', '.join(had)}")
