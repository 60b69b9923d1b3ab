"""The embedded cluster answers as a real one has answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from k9py.demo.plan import Plan
from k9py.demo.serve import Embedded
from tests.contract.player import playing, proxying
from tests.contract.transcript import CASES, names, read_transcript

SPEED = 10.0
"""The embedded cluster's time goes so many times as fast, so that nobody waits for grace periods and back-offs."""

Server = tuple[Path, Path, int]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The embedded cluster and nothing in it: kubeconfig, folder of kubectl's cache, port of the proxy."""
    folder = tmp_path_factory.mktemp("contract")
    embedded = Embedded(Plan(empty=True, speed=SPEED))
    try:
        kubeconfig = folder / "kubeconfig"
        kubeconfig.write_text(embedded.wait(30), encoding="utf-8")
        with proxying(kubeconfig) as port:
            yield kubeconfig, folder / "cache", port
    finally:
        embedded.close()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", names())
def test_answers_as_a_real_server(server: Server, name: str) -> None:
    transcript = read_transcript(CASES / f"{name}.txt")
    with playing(*server) as player:
        for step, answer in zip(transcript.steps, player.play(transcript), strict=True):
            assert answer == step.expected, f"$ {step.command}"
