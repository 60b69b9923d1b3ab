"""Write what a real server answers to the requests of tests/demo/data/writes/.

`kubectl proxy --port=8001`, then `python -m tests.cluster.record_writes http://127.0.0.1:8001`. Each file is a story:
`setup` are objects that are there first, `steps` are requests in their order, each with the status and the answer that
the real server gave. What differs each time is taken out. The embedded cluster has to give the same answers
(tests/demo/test_writes.py). Namespace and definition that it makes are deleted in the end.
"""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.demo.plain import plain

STORIES = Path(__file__).parents[1] / "demo" / "data" / "writes"
SPACE = "/api/v1/namespaces/writes"
DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.writes.test"


def ask(url: str, method: str, body: str = "", content_type: str = "application/json") -> tuple[int, Any]:
    """Status and body of an answer."""
    request = urllib.request.Request(url, body.encode() or None, {"Content-Type": content_type}, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def clear(server: str) -> None:
    """Delete what an earlier story has left, and wait until it is gone."""
    for path in (SPACE, DEFINITION):
        ask(server + path, "DELETE")
        while ask(server + path, "GET")[0] != 404:
            time.sleep(0.5)


def play(server: str, story: dict[str, Any]) -> None:
    """Send the requests of a story, and note the answers in it."""
    clear(server)
    for one in story["setup"]:
        status, answer = ask(server + one["path"], "POST", json.dumps(one["body"]))
        assert status == 201, answer
        time.sleep(3 if "definition" in one["path"] else 1)
    for step in story["steps"]:
        time.sleep(1)  # so that the times in managedFields are in the order of the steps
        step["status"], answer = ask(server + step["path"], step["method"], step["body"], step["type"])
        step["answer"] = plain(answer)


def write(path: Path, story: Mapping[str, Any]) -> None:
    """A line for each request and each answer, so that a difference can be read."""
    lines = [f"  {json.dumps(step, ensure_ascii=False)}" for step in story["steps"]]
    setup = ",\n".join(f"  {json.dumps(one)}" for one in story["setup"])
    path.write_text(f'{{"setup": [\n{setup}\n], "steps": [\n' + ",\n".join(lines) + "\n]}\n")


def main(server: str) -> None:
    """Play all stories."""
    for path in sorted(STORIES.glob("*.json")):
        story = json.loads(path.read_text())
        play(server, story)
        write(path, story)
    clear(server)


if __name__ == "__main__":
    main(sys.argv[1])
