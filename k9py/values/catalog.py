"""Which kind a word means: the names that a cluster serves, and the ones that k9s users have in their fingers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from k9py.values.resource import Resource

_ALIASES = {
    "dp": ("apps", "deployments"),
    "sec": ("", "secrets"),
    "jo": ("batch", "jobs"),
    "cr": ("rbac.authorization.k8s.io", "clusterroles"),
    "crb": ("rbac.authorization.k8s.io", "clusterrolebindings"),
    "ro": ("rbac.authorization.k8s.io", "roles"),
    "rb": ("rbac.authorization.k8s.io", "rolebindings"),
    "np": ("networking.k8s.io", "networkpolicies"),
}
"""What k9s calls some kinds. As there, they win over the short names of custom resources."""

_UNLIKE = 9


class Catalog:
    """The kinds of one cluster. Of several that have a name the first counts, so they come in order of preference."""

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        # what k9py calls its own kinds must not hide what a cluster serves
        self._resources = tuple(sorted(resources, key=lambda resource: resource.is_ours))
        self._aliases = {resource: _aliases(resource) for resource in self._resources}
        self._words: dict[str, Resource] = {}
        for names in (_long_names, self._aliases.__getitem__, _short_names):
            for resource in self._resources:
                for word in _spell(names(resource), resource):
                    self._words.setdefault(word, resource)
        self._labels = {
            label: resource for resource in self._resources if resource.watchable and (label := self._label(resource))
        }

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources)

    def renew(self, found: Iterable[Resource], keep: Callable[[Resource], bool]) -> Catalog:
        """What has been found now; and of what is known already and was not found, what `keep` says.

        Whatever is kept stands where it stood: a word must not mean another kind because an API does not answer.
        """
        now = tuple(found)
        named = {resource.gvr for resource in now}
        kept = [resource for resource in self if resource.gvr not in named and keep(resource)]
        if not kept:
            return Catalog(now)
        places = {version: place for place, version in enumerate(dict.fromkeys(r.gvr.api_version for r in self))}
        return Catalog(sorted([*now, *kept], key=lambda r: places.get(r.gvr.api_version, len(places))))

    def resolve(self, word: str) -> Resource | None:
        """Find a kind by plural, singular, short name or kind in any case, alone or with `.group`, `.version.group`."""
        return self._words.get(word.strip().lower())

    def suggest(self, prefix: str, limit: int = 20) -> list[str]:
        """Names of kinds that can be shown, the likeliest first: those that begin so, then those that hold it."""
        wanted = prefix.strip().lower()
        ranks = {label: self._rank(label, resource, wanted) for label, resource in self._labels.items()}
        return sorted((label for label in ranks if ranks[label] < _UNLIKE), key=lambda label: (ranks[label], label))[
            :limit
        ]

    def _label(self, resource: Resource) -> str:
        """The plural, with its group when the plural alone means another kind; "" for a version not preferred."""
        names = (resource.gvr.plural, resource.gvr.full_name)
        return next((name for name in names if self._words.get(name) is resource), "")

    def _rank(self, label: str, resource: Resource, wanted: str) -> int:
        others = {*_long_names(resource), *_short_names(resource), *self._aliases[resource]}
        tests = (
            self._words.get(wanted) is resource,
            label.startswith(wanted),
            any(name.startswith(wanted) for name in others),
            wanted in label,
            _is_spread_over(wanted, label),
        )
        return next((rank for rank, passed in enumerate(tests) if passed), _UNLIKE)


def _long_names(resource: Resource) -> tuple[str, ...]:
    return (resource.gvr.plural, resource.singular, resource.kind)


def _short_names(resource: Resource) -> tuple[str, ...]:
    return resource.short_names


def _aliases(resource: Resource) -> tuple[str, ...]:
    meant = (resource.gvr.group, resource.gvr.plural)
    return tuple(alias for alias, named in _ALIASES.items() if named == meant)


def _spell(names: Iterable[str], resource: Resource) -> Iterator[str]:
    """Each name alone, with the group, and with version and group."""
    gvr = resource.gvr
    for name in names:
        if name:
            yield name.lower()
            yield f"{name.lower()}.{gvr.group}".rstrip(".")
            yield f"{name.lower()}.{gvr.version}.{gvr.group}".rstrip(".")


def _is_spread_over(wanted: str, label: str) -> bool:
    """Whether the letters come in this order, from the first: `dpl` in `deployments`."""
    letters = iter(label)
    return label.startswith(wanted[:1]) and all(letter in letters for letter in wanted)
