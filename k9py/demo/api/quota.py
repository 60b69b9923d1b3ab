"""ResourceQuota: what a namespace uses, kept as objects come and go, and who may not have more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from k9py.demo.api.quantities import Amounts, numbers, write_amount
from k9py.demo.api.quotausage import COUNTED, in_scope, unlimited_containers, usage_of
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import StatusError, forbidden
from k9py.demo.core.store import Change, Entry, Key, Obj

if TYPE_CHECKING:
    from k9py.demo.api.registry import Registry


@dataclass(slots=True)
class Account:
    """One quota: what it allows, and what counts against it."""

    key: Key
    spec: Obj
    hard: Amounts
    used: Amounts = field(default_factory=dict)
    shares: dict[Key, Amounts] = field(default_factory=dict)

    def share(self, collection: str, obj: Obj) -> Amounts:
        """What an object counts for."""
        if not in_scope(self.spec, collection, obj):
            return {}
        return {name: value for name, value in usage_of(collection, obj).items() if name in self.hard}

    def put(self, key: Key, share: Amounts) -> bool:
        """Count an object anew (an empty share: no more). Whether that changes anything."""
        before = self.shares.pop(key, {})
        if share:
            self.shares[key] = share
        for sign, part in ((-1, before), (1, share)):
            for name, value in part.items():
                self.used[name] = self.used.get(name, Fraction(0)) + sign * value
        return before != share

    def written(self) -> dict[str, str]:
        """What is used, as a status says it."""
        hard = self.spec.get("hard") or {}
        return {name: write_amount(self.used.get(name, Fraction(0)), str(hard[name])) for name in sorted(hard)}


class Ledger:
    """All quotas of a cluster. `changed` is called with the key of each whose use has changed."""

    def __init__(self, registry: Registry) -> None:
        self._store = registry.store
        self._accounts: dict[str, dict[str, Account]] = {}
        self._heard: set[str] = set()
        self.changed: list[Callable[[Key], None]] = []
        self._store.follow("resourcequotas", self._learn)

    def of(self, namespace: str) -> list[Account]:
        """The quotas of a namespace, in order of their names."""
        found = self._accounts.get(namespace)
        return [one for _, one in sorted(found.items())] if found else []

    def find(self, key: Key) -> Account | None:
        """One of them."""
        return self._accounts.get(key.namespace, {}).get(key.name)

    def _learn(self, change: Change) -> None:
        key = change.entry.key
        if change.type == "DELETED":
            self._accounts.get(key.namespace, {}).pop(key.name, None)
            return
        spec = change.entry.read()["spec"]
        known = self.find(key)
        if known and known.spec == spec:
            return
        account = Account(key, spec, numbers(spec.get("hard")))
        self._accounts.setdefault(key.namespace, {})[key.name] = account
        for collection in self._collections(account):
            self._listen(collection)
            for entry in self._store.entries(collection, key.namespace):
                account.put(entry.key, account.share(collection, entry.read()))
        self._tell(key)

    def _collections(self, account: Account) -> Iterator[str]:
        """What it counts: some kinds by their content, any by their number (`count/deployments.apps`)."""
        yield from COUNTED
        for name in account.hard:
            if name.startswith("count/") and name.removeprefix("count/") not in COUNTED:
                yield name.removeprefix("count/")

    def _listen(self, collection: str) -> None:
        if collection not in self._heard:
            self._heard.add(collection)
            self._store.listen(collection, self._hear)

    def _hear(self, change: Change) -> None:
        accounts = self._accounts.get(change.entry.key.namespace)
        if accounts and not _counts_the_same(change):
            obj = change.entry.read() if change.type != "DELETED" else None
            for account in accounts.values():
                self._count(account, change.entry, obj)

    def _count(self, account: Account, entry: Entry, obj: Obj | None) -> None:
        share = account.share(entry.key.collection, obj) if obj else {}
        if account.put(entry.key, share):
            self._tell(account.key)

    def _tell(self, key: Key) -> None:
        for hear in self.changed:
            hear(key)


def _counts_the_same(change: Change) -> bool:
    """Whether it is a pod's that counts for what it did: its spec is the same, and it has not ended."""
    old, new = change.old, change.entry
    if old is None or change.type == "DELETED" or new.key.collection != "pods":
        return False
    return old.meta.generation == new.meta.generation > 0 and _has_ended(old) == _has_ended(new)


def _has_ended(pod: Entry) -> bool:
    return b'"phase":"Succeeded"' in pod.raw or b'"phase":"Failed"' in pod.raw


def charge(registry: Registry, served: Served, obj: Obj, old: Obj | None) -> None:
    """StatusError (403) if a quota of its namespace does not allow it."""
    if not served.namespaced:
        return
    metadata = obj["metadata"]
    for account in registry.part(Ledger).of(metadata["namespace"]):
        before = account.share(served.storage, old) if old else {}
        share = account.share(served.storage, obj)
        if served.storage == "pods" and old is None and in_scope(account.spec, "pods", obj):
            lacking = unlimited_containers(obj["spec"], account.hard)
            if lacking:
                raise _refusal(served, metadata["name"], f"failed quota: {account.key.name}: must specify {lacking}")
        more = {name: value - before.get(name, Fraction(0)) for name, value in share.items()}
        beyond = [
            name
            for name, value in sorted(more.items())
            if value > 0 and account.used.get(name, Fraction(0)) + value > account.hard[name]
        ]
        if beyond:
            raise _refusal(served, metadata["name"], _exceeded(account, more, beyond))


def _exceeded(account: Account, more: Amounts, beyond: list[str]) -> str:
    hard, used = account.spec["hard"], account.written()
    requested = ",".join(f"{name}={write_amount(more[name], str(hard[name]))}" for name in beyond)
    present = ",".join(f"{name}={used[name]}" for name in beyond)
    limited = ",".join(f"{name}={hard[name]}" for name in beyond)
    return f"exceeded quota: {account.key.name}, requested: {requested}, used: {present}, limited: {limited}"


def _refusal(served: Served, name: str, why: str) -> StatusError:
    return forbidden(served.group, served.plural, name, why)
