"""Objects are defaulted, prepared, admitted and refused as the real server does (tests/demo/rules/, captured from it)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from k9py.demo.api.convert import from_stored, to_stored
from k9py.demo.api.registry import Intent
from k9py.demo.cluster import Cluster
from k9py.demo.core.catalog import Served
from k9py.demo.core.status import StatusError
from tests.demo.rulebook import answer_create, answer_update, cluster_for_rules, read_cases, settle


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return cluster_for_rules()


def _name(case: Any) -> str:
    sent = case.get("sent") or case["before"]
    return f"{sent['kind']}-{sent['metadata'].get('name')}"


@pytest.mark.parametrize("case", read_cases("creates"), ids=_name)
def test_a_new_object_is_what_the_real_server_makes_of_it(cluster: Cluster, case: Any) -> None:
    assert settle(answer_create(cluster, case["sent"])) == settle(case)
