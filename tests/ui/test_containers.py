"""The containers of a pod, and of many: a table made of pods, whose keys mean the pod and the container."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from k9py.kinds.wellknown import PODS
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.objects import PODS as PATH
from tests.ui.pages.objects import fill, write_log
from tests.ui.pages.show import Shown, select, show

RUNNING = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}


def crew(server: ScriptedServer) -> None:
    """A pod with one container of each sort."""
    fill(server)
    put_crew(server)
    write_log(server, "crew", "로그 한 줄 🚀", container="main")


def put_crew(server: ScriptedServer, restarts: int = 3, uid: str = "0f1e2d3c-0000-4000-8000-00000000c7e3") -> None:
    def told(name: str, ready: bool, count: int, state: Any) -> dict[str, Any]:
        known = {"started": True, "containerID": f"containerd://crew-{name}"}
        return {"name": name, "ready": ready, "restartCount": count, "state": state, **known}

    server.store.put(
        PATH,
        "crew",
        "shop",
        metadata={"uid": uid, "creationTimestamp": "2026-01-01T00:00:00Z"},
        spec={
            "nodeName": "worker-a",
            "initContainers": [{"name": "migrate", "image": "이미지:1"}],
            "containers": [
                {
                    "name": "main",
                    "image": "registry.example/main:1",
                    "ports": [
                        {"name": "http", "containerPort": 8080},
                        {"containerPort": 53, "protocol": "UDP"},
                    ],
                    "livenessProbe": {"httpGet": {"path": "/"}},
                    "readinessProbe": {"httpGet": {"path": "/"}},
                    "resources": {"requests": {"cpu": "100m"}, "limits": {"cpu": "200m", "memory": "64Mi"}},
                },
                {"name": "side", "image": "registry.example/side:2"},
            ],
            "ephemeralContainers": [{"name": "debug", "image": "busybox"}],
        },
        status={
            "phase": "Running",
            "initContainerStatuses": [told("migrate", True, 0, {"terminated": {"exitCode": 0, "reason": "Completed"}})],
            "containerStatuses": [
                told("main", True, restarts, RUNNING),
                told("side", False, 0, {"waiting": {"reason": "CrashLoopBackOff"}}),
            ],
            "ephemeralContainerStatuses": [told("debug", False, 0, RUNNING)],
        },
    )


async def open_crew(shown: Shown) -> None:
    await shown.command("pods shop")
    await shown.lists("pods")
    await select(shown, "crew")
    await shown.press("enter")
    await shown.lists("pod crew")
    await shown.until(lambda: len(shown.names()) == 4)


async def test_enter_on_a_pod_lists_its_containers_of_each_sort(tmp_path: Path) -> None:
    async with show(tmp_path, content=crew, size=(200, 50)) as shown:
        await open_crew(shown)
        assert shown.title() == "home › pods › Containers 4 · shop · pod crew"
        assert "POD" not in shown.text.split("\n")[2].split()
        await shown.sees(
            "I1 migrate 이미지:1 true ○ Completed 0 off:off:off",
            "M1 main registry.example/main:1 true ● Running 3 on:on:off",
            "M2 side registry.example/side:2 false ✖ CrashLoopBackOff 0 off:off:off",
            "E1 debug busybox false ● Running 0",
            "http:8080,53╱UDP",
        )


async def test_what_changes_in_the_pod_changes_in_its_row_and_a_pod_that_is_gone_leaves_none(tmp_path: Path) -> None:
    async with show(tmp_path, content=crew, size=(200, 50)) as shown:
        await open_crew(shown)
        put_crew(shown.server, restarts=4)
        await shown.sees("true ● Running 4 on:on:off")
        shown.server.store.delete(PATH, "crew", "shop")
        await shown.sees("no containers in shop")
        put_crew(shown.server, restarts=0, uid="0f1e2d3c-0000-4000-8000-00000000c7e4")  # as a StatefulSet replaces it
        await shown.sees("true ● Running 0 on:on:off")


async def test_keys_on_a_container_mean_its_pod_and_itself(tmp_path: Path) -> None:
    async with show(tmp_path, content=crew) as shown:
        await open_crew(shown)
        await select(shown, "crew/main")
        await shown.press("l")
        await shown.opens("logs crew")
        await shown.sees("Logs crew · main", "로그 한 줄 🚀")
        await shown.press("escape")
        await shown.lists("pod crew")
        await shown.press("enter")
        await shown.opens("logs crew")
        await shown.press("escape", "y")
        await shown.sees("kind: Pod", "name: crew")
        await shown.press("escape", "E")
        await shown.lists("events crew")


async def test_keys_are_those_of_pods_and_two_marked_rows_of_one_pod_are_one_object(tmp_path: Path) -> None:
    async with show(tmp_path, content=crew) as shown:
        await open_crew(shown)
        pane = shown.pane()
        assert pane.meant
        assert pane.meant.gvr == PODS.gvr
        targets = [pane.target(pane.view.row_at(index)) for index in range(4)] if pane.view is not None else []
        assert {(target.key.gvr, target.key.name) for target in targets} == {(PODS.gvr, "crew")}
        assert [target.part for target in targets] == ["debug", "main", "migrate", "side"]


async def test_all_containers_are_a_kind_that_can_be_asked_for(tmp_path: Path) -> None:
    async with show(tmp_path, content=crew, size=(200, 50)) as shown:
        await shown.command("containers -A /coredns|crew")
        await shown.lists("containers")
        await shown.until(lambda: len(shown.names()) == 6)
        await shown.sees("kube-system coredns-1 M1 main", "shop crew I1 migrate")
        await shown.command("co kube-system")
        await shown.lists("containers")
        await shown.until(lambda: shown.names() == ["coredns-1/main", "coredns-2/main"])
