"""Write the answers of cases anew: `python -m tests.contract KUBECONFIG [CASE …]`, from a real server."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.contract.player import playing, proxying
from tests.contract.transcript import CASES, names, read_transcript


def main(kubeconfig: Path, wanted: list[str]) -> None:
    """Play the wanted cases, or all, and keep what is answered."""
    with tempfile.TemporaryDirectory() as folder, proxying(kubeconfig) as port:
        for name in wanted or names():
            transcript = read_transcript(CASES / f"{name}.txt")
            with playing(kubeconfig, Path(folder), port) as player:
                for step, answer in zip(transcript.steps, player.play(transcript), strict=True):
                    step.expected = answer
            transcript.write()
            print(f"{name}: {len(transcript.steps)} answers")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
