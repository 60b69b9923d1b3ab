"""A collection takes in what a feed tells, and nothing that it tells can stop it."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from k9py.kinds.registry import decoder, kind_for
from k9py.kinds.wellknown import NODES, PODS
from k9py.store.collection import Collection, Name, Unreadable
from k9py.store.tally import Census, tally_pods
from k9py.values.batch import Batch, ServerColumn
from k9py.values.cell import Tone
from tests.unit.objects import changes, collect, listing, pod, raw


def told(collection: Collection) -> list[set[Name]]:
    """What a listener hears."""
    heard: list[set[Name]] = []
    collection.listen(lambda names: heard.append(set(names)))
    return heard


def is_unreadable(collection: Collection, name: str) -> bool:
    return isinstance(collection.records["shop", name].obj, Unreadable)


def test_changes_are_applied_and_told() -> None:
    collection = collect(pod("a"), pod("b"))
    heard = told(collection)
    collection.apply(changes(pod("a", version=2, phase="Failed"), pod("c")))
    collection.apply(changes(pod("b"), deleted=True))
    assert set(collection.records) == {("shop", "a"), ("shop", "c")}
    assert collection.records["shop", "a"].obj.phase == "Failed"
    assert heard == [{("shop", "a"), ("shop", "c")}, {("shop", "b")}]


def test_what_a_list_no_longer_names_is_gone_when_it_ends_and_not_before() -> None:
    collection = collect(pod("a"), pod("b"), pod("c"))
    heard = told(collection)
    collection.apply(Batch([(False, raw(pod("a", version=2)))], begins_list=True))
    assert set(collection.records) == {("shop", "a"), ("shop", "b"), ("shop", "c")}
    collection.apply(Batch([(False, raw(pod("c")))], ends_list=True))
    assert set(collection.records) == {("shop", "a"), ("shop", "c")}
    assert heard == [{("shop", "a")}, {("shop", "b")}]


def test_a_list_that_is_begun_again_forgets_what_the_broken_one_named() -> None:
    collection = collect(pod("a"), pod("b"))
    collection.apply(Batch([(False, raw(pod("a")))], begins_list=True))
    collection.apply(Batch([(False, raw(pod("b")))], begins_list=True))
    collection.apply(Batch(ends_list=True))
    assert set(collection.records) == {("shop", "b")}


def test_an_object_that_is_listed_again_unchanged_dirties_nothing() -> None:
    collection = collect(pod("a"), pod("b"))
    heard = told(collection)
    collection.apply(listing(pod("a"), pod("b")))
    assert heard == []


def test_a_listener_that_has_let_go_hears_nothing() -> None:
    collection = collect()
    heard: list[object] = []
    undo = collection.listen(heard.append)
    undo()
    collection.apply(changes(pod("a")))
    collection.touch([("shop", "a")])
    assert heard == []


def test_objects_are_kept_whole() -> None:
    objects = [pod(f"web-{n}", message="한국 " * n) for n in range(50)]
    collection = collect(*objects)
    for obj in objects:
        assert collection.whole("shop", obj["metadata"]["name"]) == bytes(raw(obj))
    assert collection.whole("shop", "nobody") is None


def test_kinds_in_the_servers_columns_are_not() -> None:
    row = {"cells": ["a"], "object": {"metadata": {"name": "a", "namespace": "shop"}}}
    services = replace(PODS, gvr=PODS.gvr._replace(plural="choirs"))
    collection = collect(row, resource=services)
    assert set(collection.records) == {("shop", "a")}
    assert collection.whole("shop", "a") is None


def test_a_raw_object_may_be_part_of_a_buffer_that_is_used_again() -> None:
    page = bytearray(msgspec.json.encode([pod("a"), pod("b")]))
    collection = collect()
    collection.apply(Batch([(False, each) for each in msgspec.json.decode(page, type=list[msgspec.Raw])], True, True))
    page[:] = b"x" * len(page)
    assert collection.records["shop", "b"].obj.metadata.name == "b"
    assert collection.whole("shop", "a") == msgspec.json.encode(pod("a"))


def test_an_object_that_cannot_be_read_does_not_stop_the_others() -> None:
    odd = {**pod("odd"), "status": {"phase": 7}}
    collection = collect(pod("a"), odd, pod("z"))
    assert set(collection.records) == {("shop", "a"), ("shop", "odd"), ("shop", "z")}
    assert is_unreadable(collection, "odd")
    assert collection.records["shop", "odd"].obj.metadata.uid == "uid-shop-odd"
    assert "$.status.phase" in collection.faults["shop", "odd"]

    collection.apply(changes(pod("odd", version=2)))
    assert not is_unreadable(collection, "odd")
    assert collection.faults == {}


def test_nor_does_one_that_can_be_read_but_makes_no_sense() -> None:
    odd = pod("odd")
    odd["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "much"}}
    collection = collect(pod("a"), odd)
    assert is_unreadable(collection, "odd")
    assert collection.faults == {("shop", "odd"): "'much' is not a quantity"}


def test_what_has_not_even_a_name_is_counted() -> None:
    collection = collect(pod("a"), {"kind": "Status"}, "nonsense", {"metadata": 3})
    assert set(collection.records) == {("shop", "a")}
    assert list(collection.faults) == [("", "")]


def test_the_last_columns_told_are_kept() -> None:
    collection = collect()
    heard = told(collection)
    collection.apply(Batch(columns=(ServerColumn("Name"),)))
    collection.apply(changes(pod("a")))
    assert collection.columns == (ServerColumn("Name"),)
    assert heard == [set(), {("shop", "a")}]


def test_the_pods_of_each_node_are_counted_and_told_to_its_row() -> None:
    node = {"metadata": {"name": "worker-a"}}
    pods = collect(
        pod("a"), pod("b"), pod("over", phase="Succeeded"), pod("elsewhere", node="worker-b"), pod("new", node="")
    )
    nodes = collect(node, resource=NODES)
    close = tally_pods(pods, nodes)
    assert nodes.joined.pods_on_node == {"worker-a": 2, "worker-b": 1}

    heard = told(nodes)
    pods.apply(changes(pod("a", version=2, phase="Failed"), pod("new", version=2, node="worker-b")))
    assert nodes.joined.pods_on_node == {"worker-a": 1, "worker-b": 2}
    assert heard == [{("", "worker-a"), ("", "worker-b")}]

    pods.apply(changes(pod("b", version=2, message="nothing that counts")))
    assert len(heard) == 1

    close()
    pods.apply(changes(pod("b"), deleted=True))
    assert len(heard) == 1


def test_a_census_counts_how_objects_feel() -> None:
    pods = collect(pod("a"), pod("b"), pod("waits", phase="Pending", containerStatuses=[]))
    heard: list[set[Tone]] = []
    census = Census(pods, kind_for(PODS).tone, heard.append)
    assert census.counts == {Tone.OK: 2, Tone.BUSY: 1}

    pods.apply(changes(pod("waits", version=2)))
    pods.apply(changes(pod("a"), deleted=True))
    assert census.counts == {Tone.OK: 2, Tone.BUSY: 0}
    assert heard == [{Tone.OK, Tone.BUSY}, {Tone.OK}]

    census.close()
    pods.apply(changes(pod("b"), deleted=True))
    assert census.counts[Tone.OK] == 2


def test_decoders_take_bytes_as_well() -> None:
    assert decoder(kind_for(PODS))(msgspec.json.encode(pod("a"))).metadata.name == "a"
