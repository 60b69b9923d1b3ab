"""Labels and annotations as columns of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from k9py.kinds.kind import noted_columns
from k9py.kinds.registry import kind_for
from k9py.kinds.wellknown import PODS
from k9py.store.filter import parse_filter
from k9py.store.view import View
from k9py.values.batch import Batch, ServerColumn
from k9py.values.namespaces import Namespaces
from k9py.values.resource import Gvr, Resource
from tests.unit.objects import changes, collect, pod, raw

CHOIRS = replace(PODS, gvr=Gvr("example.com", "v1", "choirs"))


def noted(name: str, **metadata: Any) -> dict[str, Any]:
    made = pod(name)
    made["metadata"] |= metadata
    return made


def view(*words: str, obj: dict[str, Any], resource: Resource = PODS) -> View:
    kind = kind_for(resource)
    shown = View(kind, [collect(obj, resource=resource)], namespaces=Namespaces.of("shop"), extra=noted_columns(words))
    shown.flush()
    return shown


def said(view: View) -> dict[str, str]:
    return {column.title: cell.text for column, cell in zip(view.columns, view.row_at(0).cells, strict=True)}


def test_they_stand_beside_the_name_under_the_last_part_of_their_key() -> None:
    obj = noted("web-1", labels={"app": "web"}, annotations={"example.com/note": "한글 🎉", "other": "x" * 9000})
    shown = view("app", "@example.com/note", "tier", obj=obj)
    assert [column.title for column in shown.columns][:4] == ["NAME", "APP", "@NOTE", "TIER"]
    found = said(shown)
    assert (found["APP"], found["@NOTE"], found["TIER"]) == ("web", "한글 🎉", "<none>")


def test_no_two_columns_have_one_title() -> None:
    obj = noted("web-1", labels={"app.kubernetes.io/name": "web", "example.com/name": "other"})
    found = said(view("app.kubernetes.io/name", "example.com/name", obj=obj))
    assert (found["NAME"], found["LABEL NAME"], found["LABEL LABEL NAME"]) == ("web-1", "web", "other")


def test_they_are_shown_in_brief_and_wide_tables_alike_sorted_and_filtered_by() -> None:
    collection = collect(noted("web-1", labels={"tier": "b"}), noted("web-2", labels={"tier": "a"}))
    extra = noted_columns(["tier"])
    shown = View(kind_for(PODS), [collection], namespaces=Namespaces.of("shop"), brief=("NAME",), extra=extra)
    shown.sort_by("TIER", False)
    shown.flush()
    assert [column.title for column in shown.columns] == ["NAME", "TIER"]
    assert [shown.key_at(index).name for index in range(2)] == ["web-2", "web-1"]
    shown.set_filter(parse_filter("^web-. b"))
    shown.flush()
    assert [shown.key_at(index).name for index in range(len(shown))] == ["web-1"]
    shown.wide = True
    shown.flush()
    assert [column.title for column in shown.columns][:2] == ["NAME", "TIER"]


def test_an_annotation_that_changes_is_seen() -> None:
    collection = collect(noted("web-1", annotations={"note": "first"}))
    shown = View(kind_for(PODS), [collection], namespaces=Namespaces.of("shop"), extra=noted_columns(["@note"]))
    shown.flush()
    assert said(shown)["@NOTE"] == "first"
    collection.apply(changes(noted("web-1", annotations={"note": "second"}, resourceVersion="2")))
    assert shown.flush()
    assert said(shown)["@NOTE"] == "second"
    collection.apply(changes(noted("web-1", annotations={"note": 3}, resourceVersion="3")))
    shown.flush()
    assert said(shown)["@NOTE"] == "<none>", "what is no annotation"


def test_of_a_row_of_the_server_they_are_those_of_its_object() -> None:
    kind = kind_for(CHOIRS)
    collection = collect(resource=CHOIRS)
    metadata = {"name": "altos", "namespace": "shop", "labels": {"app": "song"}, "annotations": {"note": "아리랑"}}
    row = raw({"cells": ["altos"], "object": {"metadata": metadata}})
    collection.apply(Batch([(False, row)], True, True, (ServerColumn("Name"),)))
    shown = View(kind, [collection], namespaces=Namespaces.of("shop"), extra=noted_columns(["app", "@note", "@none"]))
    shown.flush()
    found = said(shown)
    assert (found["APP"], found["@NOTE"], found["@NONE"]) == ("song", "아리랑", "<none>")
