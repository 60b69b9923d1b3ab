"""The transcripts of tests/contract are true: this cluster answers so, as the embedded one does there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cluster.conftest import Cluster
from tests.contract.player import playing, proxying
from tests.contract.transcript import CASES, Transcript, names, read_transcript

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

RECORDED = "v1.36."
"""Of which version the answers are."""
IMAGE = "registry.local/busybox:1"
CLUSTER_WIDE = ("certificates", "cluster", "custom", "drain", "evict")
"""Cases that change what all others see: they come one after the other, when all others are over."""
AT_ONCE = 5

Played = tuple[Transcript, Sequence[Sequence[str]]]


@pytest.fixture(scope="module")
def plays(
    request: pytest.FixtureRequest, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Played]]]:
    """All cases that are asked for, as they are being played."""
    _require(cluster)
    wanted = [item.callspec.params["name"] for item in request.session.items if _is_here(item)]  # type: ignore[attr-defined]
    side_by_side = [name for name in wanted if name not in CLUSTER_WIDE]
    folder = tmp_path_factory.mktemp("contract")
    with proxying(cluster.kubeconfig) as port, ThreadPoolExecutor(AT_ONCE) as pool, ThreadPoolExecutor(1) as single:

        def play(name: str) -> Played:
            transcript = read_transcript(CASES / f"{name}.txt")
            with playing(cluster.kubeconfig, folder, port) as player:
                return transcript, list(player.play(transcript))

        found = {name: pool.submit(play, name) for name in side_by_side}

        def play_alone(name: str) -> Played:
            for each in side_by_side:
                found[each].exception()
            return play(name)

        yield found | {name: single.submit(play_alone, name) for name in wanted if name in CLUSTER_WIDE}


def _is_here(item: pytest.Item) -> bool:
    return item.path == Path(__file__)


def _require(cluster: Cluster) -> None:
    version = cluster.kubectl.json("version")["serverVersion"]["gitVersion"]
    if not version.startswith(RECORDED):
        pytest.skip(f"the answers are those of {RECORDED}x, and this server is {version}")
    if IMAGE not in cluster.kubectl("get", "nodes", "-o", "jsonpath={.items[*].status.images[*].names[*]}").split():
        pytest.skip(f"the nodes of this cluster have no image {IMAGE}")


@pytest.mark.parametrize("name", sorted(names(), key=lambda name: (name in CLUSTER_WIDE, name)))
def test_a_real_server_answers_so(plays: dict[str, Future[Played]], name: str) -> None:
    transcript, answers = plays[name].result()
    for step, answer in zip(transcript.steps, answers, strict=True):
        assert answer == step.expected, f"$ {step.command}"
