"""The storage: order, history, and lists as of an earlier version."""

from __future__ import annotations

import pytest

from k9py.demo.core.store import HISTORY, Entry, Gone, Key, Obj, Store


def _put(store: Store, name: str, namespace: str = "shop", **labels: str) -> Entry:
    obj: Obj = {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": name, "labels": labels}}
    return store.put(Key("configmaps", namespace, name), obj)


def _names(entries: list[Entry]) -> list[str]:
    return [f"{entry.key.namespace}/{entry.key.name}" for entry in entries]


def _everything(entry: Entry) -> bool:
    return True


def test_objects_stand_in_the_order_of_etcd() -> None:
    store = Store()
    for namespace, name in (("shop", "b"), ("shop", "a"), ("shop-dev", "z"), ("a", "c")):
        _put(store, name, namespace)
    assert _names(store.entries("configmaps")) == ["a/c", "shop-dev/z", "shop/a", "shop/b"]
    assert _names(store.entries("configmaps", "shop")) == ["shop/a", "shop/b"]
    assert _names(store.entries("configmaps", "sho")) == []
    store.remove(Key("configmaps", "shop", "a"))
    assert _names(store.entries("configmaps", "shop")) == ["shop/b"]


def test_a_list_can_be_read_as_it_was() -> None:
    store = Store()
    for name in "abc":
        _put(store, name)
    then = store.version
    store.remove(Key("configmaps", "shop", "a"))
    _put(store, "b", changed="yes")
    _put(store, "d")
    page = store.page("configmaps", "", _everything, version=then)
    assert _names(page.entries) == ["shop/a", "shop/b", "shop/c"]
    assert not page.entries[1].meta.labels
    assert _names(store.page("configmaps", "", _everything).entries) == ["shop/b", "shop/c", "shop/d"]
    store.compact()
    with pytest.raises(Gone):
        store.page("configmaps", "", _everything, version=then)


def test_pages_go_on_where_the_last_ended_whatever_has_happened_since() -> None:
    store = Store()
    for number in range(7):
        _put(store, f"m{number}", odd=str(number % 2))
    first = store.page("configmaps", "", _everything, 3)
    assert (_names(first.entries), first.last, first.remaining) == (["shop/m0", "shop/m1", "shop/m2"], "shop/m2", 4)
    store.remove(Key("configmaps", "shop", "m4"))
    _put(store, "m35")
    second = store.page("configmaps", "", _everything, 3, first.version, first.last)
    assert _names(second.entries) == ["shop/m3", "shop/m4", "shop/m5"]
    last = store.page("configmaps", "", _everything, 3, first.version, second.last)
    assert (_names(last.entries), last.last, last.remaining) == (["shop/m6"], "", 0)


def test_a_page_is_filled_with_what_is_kept() -> None:
    store = Store()
    for number in range(7):
        _put(store, f"m{number}", odd=str(number % 2))
    page = store.page("configmaps", "", lambda entry: entry.meta.labels["odd"] == "1", 2)
    assert (_names(page.entries), page.last) == (["shop/m1", "shop/m3"], "shop/m3")


def test_only_so_much_history_is_kept() -> None:
    store = Store()
    begin = _put(store, "a").version
    for _ in range(HISTORY):
        _put(store, "a")
    assert len(store.since("configmaps", begin)) == HISTORY
    _put(store, "a")
    with pytest.raises(Gone):
        store.since("configmaps", begin)
    assert [change.entry.version for change in store.since("configmaps", store.version - 2)] == [
        store.version - 1,
        store.version,
    ]
