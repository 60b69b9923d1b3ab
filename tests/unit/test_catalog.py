from __future__ import annotations

import pytest

from k9py.values.catalog import Catalog
from k9py.values.resource import Gvr, Resource

WATCHABLE = frozenset({"get", "list", "watch"})
RBAC = "rbac.authorization.k8s.io"


def make(
    plural: str, group: str = "", version: str = "v1", *short: str, kind: str = "", verbs: frozenset[str] = WATCHABLE
) -> Resource:
    singular = plural.removesuffix("s")
    return Resource(Gvr(group, version, plural), kind or singular.title(), singular, True, verbs, short)


PODS = make("pods", "", "v1", "po")
EVENTS = make("events", "", "v1", "ev")
SECRETS = make("secrets")
REVIEWS = make("reviews", verbs=frozenset({"create"}))
NEW_EVENTS = make("events", "events.k8s.io", "v1", "ev")
DEPLOYMENTS = make("deployments", "apps", "v1", "deploy")
SCALERS = make("horizontalpodautoscalers", "autoscaling", "v2", "hpa")
OLD_SCALERS = make("horizontalpodautoscalers", "autoscaling", "v1", "hpa")
ROLES = make("roles", RBAC)
ROLLOUTS = make("rollouts", "argoproj.io", "v1alpha1", "ro")
POD_METRICS = make("pods", "metrics.k8s.io", "v1beta1", kind="PodMetrics")
CATALOG = Catalog(
    [
        PODS,
        EVENTS,
        SECRETS,
        REVIEWS,
        NEW_EVENTS,
        DEPLOYMENTS,
        SCALERS,
        OLD_SCALERS,
        ROLES,
        ROLLOUTS,
        POD_METRICS,
    ]
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("pods", PODS),
        ("pod", PODS),
        ("po", PODS),
        ("Pod", PODS),
        (" PODS ", PODS),
        ("podmetrics", POD_METRICS),
        ("pods.metrics.k8s.io", POD_METRICS),
        ("pods.v1beta1.metrics.k8s.io", POD_METRICS),
        ("events", EVENTS),
        ("ev", EVENTS),
        ("events.events.k8s.io", NEW_EVENTS),
        ("deploy.apps", DEPLOYMENTS),
        ("deployment.v1.apps", DEPLOYMENTS),
        ("dp", DEPLOYMENTS),
        ("sec", SECRETS),
        ("hpa", SCALERS),
        ("hpa.autoscaling", SCALERS),
        ("hpa.v1.autoscaling", OLD_SCALERS),
        ("ro", ROLES),
        ("rollouts", ROLLOUTS),
        ("ro.argoproj.io", ROLLOUTS),
        ("reviews", REVIEWS),
        ("crb", None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_resolve(word: str, expected: Resource | None) -> None:
    assert CATALOG.resolve(word) is expected


def test_iterates_over_all_kinds() -> None:
    kinds = list(CATALOG)
    assert kinds[0] is PODS
    assert len(kinds) == 11


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("po", ["pods", "pods.metrics.k8s.io", "horizontalpodautoscalers"]),
        ("DP", ["deployments"]),
        ("deploy", ["deployments"]),
        ("hp", ["horizontalpodautoscalers"]),
        ("ro", ["roles", "rollouts"]),
        ("dplm", ["deployments"]),
        ("eve", ["events", "events.events.k8s.io"]),
        ("rev", []),
        ("zzz", []),
    ],
)
def test_suggests_the_likeliest_first(prefix: str, expected: list[str]) -> None:
    assert CATALOG.suggest(prefix) == expected


def test_every_suggestion_resolves_and_there_are_not_too_many() -> None:
    names = CATALOG.suggest("", limit=100)
    assert len(names) == len(set(names)) == 9
    assert all(CATALOG.resolve(name) for name in names)
    assert CATALOG.suggest("", limit=3) == names[:3]


def test_an_empty_catalog() -> None:
    assert Catalog().resolve("pods") is None
    assert Catalog().suggest("p") == []
