"""The last word of the suite, as its name is the last: after all that was done to it the cluster is still whole.

In the lab this ends the proof that began with it: a pod on each node has written a line a second for three minutes,
and every line is there.
"""

from __future__ import annotations

import pytest

from tests.cluster.conftest import Cluster
from tests.cluster.kubectl import wait_until
from tests.cluster.lab import Lab

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(400)]


def test_every_node_is_ready(cluster: Cluster) -> None:
    for node in cluster.nodes():
        cluster.kubectl.wait(f"node/{node}", "condition=Ready")


def test_metrics_of_every_node_are_served(cluster: Cluster, lab: Lab) -> None:
    def measured() -> bool:
        return set(cluster.nodes()) <= {line.split()[0] for line in cluster.kubectl("top", "nodes").splitlines()[1:]}

    wait_until(measured, "metrics of every node", 150)


def test_every_program_is_alive(lab: Lab) -> None:
    assert not [line for line in lab.status().splitlines() if "has ended" in line or "not started" in line]


def test_logs_are_whole(lab: Lab) -> None:
    lines = lab.finish_log_proof()
    assert set(lines) == set(lab.node_names)
