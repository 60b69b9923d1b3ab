"""Objects as hypothesis makes them: JSON without null, as a server sends it."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""On a busy machine even making an example takes its time."""

NAMES = st.sampled_from(["a", "b", "name", "spec", "결제", "x.y/z", "1", "true", "", "a: b", "🚀"])
TEXTS = st.one_of(
    st.sampled_from(["", "yes", "1", "0644", "1e3", "a\nb\n", " x", "y", "~", "12:30", "2026-03-01", "#", "- a"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
PLAIN = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), TEXTS, st.floats(-1e6, 1e6).filter(lambda x: x % 1 != 0))
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=5)
