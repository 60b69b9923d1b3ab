"""Trees of what belongs together: of an object, of a namespace, of a kind; and who uses an object."""

from __future__ import annotations

from pathlib import Path

from tests.kube.scripted import ScriptedServer
from tests.kube.scripted.kinds import define_gadgets
from tests.ui.pages.objects import CRASHING, PODS, SECRETS, ago, put_pod
from tests.ui.pages.relations import CONFIG_MAPS, change, owner, relate, uid
from tests.ui.pages.show import Shown, select, show
from tests.ui.pages.trees import go_to, grown, on, tree_lines, tree_of


async def xray(shown: Shown, kind: str, name: str, key: str = "X") -> None:
    await shown.command(f"{kind} shop")
    await shown.lists(kind)
    await select(shown, name)
    await shown.press(key)
    await grown(shown)


async def test_of_a_deployment_with_what_it_names_and_what_is_missing(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        await xray(shown, "deployments", "web")
        assert tree_of(shown).border_title == "home › deployments › Xray deployment web · 24"
        await shown.sees(
            "▾ ● deployment web 3/3",
            "▾ ● replicaset web-6f7c9",
            "▾ ● pod web-1 Running",
            "secret login env PASSWORD",
            "✖ secret absent not there env TOKEN",
            "configmap 설정 volume settings",
            "· configmap extra not there, optional volume extra",
            "● node worker-a Ready on node",
            "service web ClusterIP selects",
        )


async def test_it_is_live(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        await xray(shown, "deployments", "web")
        shown.server.store.put(SECRETS, "absent", "shop", type="Opaque")
        await shown.until(lambda: not shown.says("not there env TOKEN"), "the secret is there")
        made = put_pod(shown.server, "web-4", app="web", state=CRASHING)
        change(shown.server, PODS, "web-4", ownerReferences=[owner("ReplicaSet", "web-6f7c9")])
        assert made
        await shown.sees("✖ pod web-4 CrashLoopBackOff")
        shown.server.store.delete(PODS, "web-4", "shop")
        await shown.until(lambda: "pod web-4" not in tree_lines(shown))


async def test_branches_open_and_close_with_what_is_below_counted(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        await xray(shown, "deployments", "web")
        await go_to(shown, "replicaset web-6f7c9")
        await shown.press("space")
        await shown.sees("▸ ● replicaset web-6f7c9", "+21 ✖3")
        assert "pod web-1" not in tree_lines(shown)
        await shown.press("right", "right")
        await shown.until(lambda: on(shown) == "pod web-1", "right opens, and then goes in")
        await shown.press("left", "left")
        await shown.until(lambda: on(shown) == "replicaset web-6f7c9", "left closes, and then goes out")
        await shown.press("x")
        await shown.until(lambda: len(tree_lines(shown)) == 24, "all open")
        await shown.press("x")
        await shown.until(lambda: tree_lines(shown) == ["deployment web"], "all closed")


async def test_the_cursor_stays_on_its_object(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        await xray(shown, "deployments", "web")
        await go_to(shown, "pod web-2")
        put_pod(shown.server, "web-0", app="web")
        change(shown.server, PODS, "web-0", ownerReferences=[owner("ReplicaSet", "web-6f7c9")])
        await shown.until(lambda: "pod web-0" in tree_lines(shown))
        assert on(shown) == "pod web-2"


async def test_keys_mean_the_object_under_the_cursor(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        await xray(shown, "deployments", "web")
        await go_to(shown, "pod web-1")
        await shown.sees("l Logs", "y YAML")
        await shown.press("l")
        await shown.sees("GET /healthz 200")
        await shown.press("escape")
        await shown.opens("xray deployment web")
        await shown.press("y")
        await shown.sees("kind: Pod", "name: web-1")
        await shown.press("escape")
        await go_to(shown, "configmap 설정")
        await shown.press("enter")
        await shown.lists("configmap 설정")
        assert shown.names() == ["설정"]
        await shown.press("escape")
        await go_to(shown, "secret absent")
        await shown.press("enter")
        await shown.sees("✖ secret absent: not there")
        await shown.press("E")
        await shown.opens("xray deployment web")


async def test_a_filter_keeps_what_leads_to_it(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        await xray(shown, "deployments", "web")
        await shown.filter("pod web-2")
        await shown.until(lambda: tree_lines(shown) == ["deployment web", "replicaset web-6f7c9", "pod web-2"])
        await shown.sees("1 of 24 · /pod web-2")
        await shown.filter("nowhere")
        await shown.sees("nothing matches; esc shows all again")
        await shown.press("escape")
        await shown.until(lambda: len(tree_lines(shown)) == 24)


async def test_of_a_namespace_and_of_a_kind(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        await shown.command("xray shop")
        await grown(shown)
        await shown.opens("xray shop")
        assert {"deployment 결제", "pod 결제-2", "service 결제", "configmap 설정"} <= set(tree_lines(shown))
        assert "pod coredns-1" not in tree_lines(shown)
        await shown.command("xray svc shop /결제")
        await grown(shown)
        await shown.opens("xray Services · shop")
        await shown.until(lambda: tree_lines(shown)[:1] == ["service 결제"])
        await shown.command("xray all")
        await grown(shown)
        await shown.until(lambda: "pod coredns-1" in tree_lines(shown))
        await shown.command("xray nonsense")
        await shown.sees("✖ there is no namespace nonsense")


async def test_who_uses_an_object(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        await xray(shown, "secrets", "login", "u")
        await shown.opens("used by secret login")
        assert tree_lines(shown) == ["secret login", "pod web-1", "pod web-2", "pod web-3"]
        assert tree_of(shown).border_title == "home › secrets › Used by secret login · 3"
        shown.server.store.put(SECRETS, "spare", "shop", type="Opaque", metadata={"creationTimestamp": ago()})
        await xray(shown, "secrets", "spare", "u")
        await shown.sees("Used by secret spare · 0", "nothing refers to it")


async def test_custom_resources_belong_to_it(tmp_path: Path) -> None:
    def content(server: ScriptedServer) -> None:
        relate(server)
        define_gadgets(server)
        server.store.put(
            "/apis/example.com/v1/gadgets",
            "wheel",
            "shop",
            metadata={"uid": uid("wheel"), "creationTimestamp": ago()},
            spec={"credentialsSecretRef": {"name": "login"}},
            status={"conditions": [{"type": "Ready", "status": "False", "reason": "Flat"}]},
        )
        change(server, CONFIG_MAPS, "설정", ownerReferences=[owner("Gadget", "wheel", "example.com/v1")])

    async with show(tmp_path, content=content) as shown:
        await xray(shown, "gadgets", "wheel")
        await shown.sees("✖ gadget wheel Ready=False (Flat)", "configmap 설정", "secret login credentialsSecretRef")
        await xray(shown, "secrets", "login", "u")
        assert "gadget wheel" in tree_lines(shown)


async def test_what_may_not_be_listed_says_so(tmp_path: Path) -> None:
    async with show(tmp_path, content=relate) as shown:
        for verb in ("list", "watch", "get"):
            shown.server.rights.denied[verb, "secrets"] = "not on a Sunday"
        await shown.command("deployments shop")
        await shown.lists("deployments")
        await select(shown, "web")
        await shown.press("X")
        await shown.sees("live · may not be listed: secrets", "▲ secret login may not be read")
