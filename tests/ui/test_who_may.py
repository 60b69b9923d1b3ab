"""`:rbac`, `:can-i` and `:who-can`: what they show, and what they say when that may not be known."""

from __future__ import annotations

from pathlib import Path

import pytest

from k9py.kinds.permissions import Permission
from k9py.values.batch import Phase
from tests.kube.scripted import ScriptedServer
from tests.ui.pages.rights import RBAC, READ, account, become, fill_for, fill_for_kim, give, rule, user
from tests.ui.pages.show import Shown, select, show

KIM = "can-i u:kim"


def fill_for_admin(server: ScriptedServer) -> None:
    """What kim may do, seen by one who may do everything."""
    fill_for(server, user("kim"))
    give(server, account("shop", "robot"), "shop", "secrets", rule(("get",), "secrets", names=("a", "b")))


def permission(shown: Shown, name: str) -> Permission:
    """The row of that name, whose key is told with a namespace in no table here."""
    view = shown.pane().view
    assert view is not None
    rows = (view.get(view.key_at(index)) for index in range(len(view)))
    found: Permission = next(row.obj for row in rows if row and row.key.name == name)
    return found


async def test_who_can(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_admin, namespace="shop") as shown:
        await shown.command("who-can list pods")
        await shown.lists("who can list pods in shop")
        assert "u:kim rolebinding shop/dev" in shown.names()
        await shown.sees("kim", "role shop/dev", "system:masters", "everything")
        await shown.command("who-can get secrets in shop")
        await shown.lists("who can get secrets in shop")
        await shown.sees("shop/robot", "a,b")
        await shown.command("who-can list nodes")
        await shown.lists("who can list nodes")
        assert "u:kim rolebinding shop/dev" not in shown.names()
        await shown.command("who-can get /healthz")
        await shown.lists("who can get /healthz")
        await shown.sees("system:authenticated")


async def test_who_can_somewhere_and_then_all_that_they_may(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_admin, namespace="shop") as shown:
        await shown.command("who-can list pods -A")
        await shown.lists("who can list pods in any namespace")
        await select(shown, "u:kim rolebinding 도구-🔧/dev")
        await shown.press("enter")
        await shown.lists(KIM)
        await shown.until(lambda: "pods" in shown.names())
        assert shown.title().endswith("· 도구-🔧 · user kim")
        await shown.press("1")
        await shown.until(lambda: shown.title().endswith("· shop · user kim"))
        await shown.until(lambda: "deployments.apps" in shown.names())
        await shown.press("0")
        await shown.until(lambda: shown.title().endswith("· all namespaces · user kim"))
        await shown.until(lambda: shown.names().count("pods") == 2)
        await shown.press("enter", "escape")
        await shown.opens("who can list pods in any namespace")


async def test_rights_of_somebody_follow_the_bindings(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_admin, namespace="shop") as shown:
        await shown.command("can-i g:devs")
        await shown.lists("can-i g:devs")
        await shown.until(lambda: bool(shown.names()))
        assert "secrets" not in shown.names()
        group = {"kind": "Group", "apiGroup": "rbac.authorization.k8s.io", "name": "devs"}
        give(shown.server, group, "shop", "more", rule(READ, "secrets"))
        await shown.until(lambda: "secrets" in shown.names())
        assert permission(shown, "secrets").through == ("rolebinding shop/more",)
        shown.server.store.delete(f"{RBAC}/rolebindings", "more", "shop")
        await shown.until(lambda: "secrets" not in shown.names())


async def test_our_own_rights_are_those_that_the_server_says(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_kim, namespace="shop", ready=False) as shown:
        await shown.command("can-i")
        await shown.lists("can-i myself")
        await shown.until(lambda: "pods" in shown.names())
        assert permission(shown, "pods").verbs == set(READ)
        await shown.command("can-i -A")  # roles may not be read: those that may be used
        await shown.until(lambda: shown.title().endswith("· all namespaces · myself"))
        await shown.until(lambda: "pods" in shown.names())


async def test_a_role_its_rules_and_to_whom_it_is_given(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_admin, namespace="shop") as shown:
        await shown.command("roles")
        await shown.lists("roles")
        await select(shown, "dev")
        await shown.press("enter")
        await shown.opens("role shop/dev")
        await shown.until(lambda: len(shown.names("rules")) == 4)
        await shown.until(lambda: shown.names("subjects") == ["u:kim rolebinding shop/dev"])
        await shown.press("tab")
        assert shown.focus == "subjects"
        await shown.press("enter")
        await shown.lists(KIM)
        await shown.press("escape", "tab")
        assert shown.focus == "rules"
        await shown.filter("deploy")
        await shown.until(lambda: shown.names("rules") == ["deployments.apps"])


@pytest.mark.parametrize(
    ("command", "crumb"),
    [
        ("rbac rolebinding dev", "rolebinding shop/dev"),
        ("rbac role/dev in shop", "role shop/dev"),
        ("rbac clusterrole view", "clusterrole view"),
    ],
)
async def test_rbac_by_name(tmp_path: Path, command: str, crumb: str) -> None:
    async with show(tmp_path, content=fill_for_admin, namespace="shop") as shown:
        await shown.command(command)
        await shown.opens(crumb)
        await shown.until(lambda: bool(shown.names("rules")))


async def test_rbac_of_what_is_under_the_cursor(tmp_path: Path) -> None:
    def content(server: ScriptedServer) -> None:
        fill_for_admin(server)
        server.store.put("/api/v1/serviceaccounts", "robot", "shop")

    async with show(tmp_path, content=content, namespace="shop") as shown:
        await shown.command("rbac")
        await shown.sees("✖ rbac of what?")
        await shown.command("rolebindings")
        await shown.lists("rolebindings")
        await select(shown, "secrets")
        await shown.command("rbac")
        await shown.opens("rolebinding shop/secrets")
        await shown.until(lambda: shown.names("subjects") == ["s:shop:robot rolebinding shop/secrets"])
        await shown.command("sa")
        await shown.lists("serviceaccounts")
        await select(shown, "robot")
        await shown.press("enter")
        await shown.lists("can-i s:shop:robot")
        await shown.until(lambda: "secrets a,b" in shown.names())


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("who-can", "who can do what?"),
        ("who-can get", "who can do what?"),
        ("who-can get nothings", "nothings: this cluster serves no such kind"),
        ("who-can get pods in a,b", "who can do it in one namespace, or in any"),
        ("who-can get pods a b", "who can do what?"),
        ("can-i s:", "a subject has a name"),
        ("rbac pods web-1", "pods web-1: no role or binding"),
        ("rbac role dev -A", "dev of which namespace?"),
    ],
)
async def test_what_is_not_understood_is_said(tmp_path: Path, command: str, said: str) -> None:
    async with show(tmp_path, namespace="shop") as shown:
        await shown.command(command)
        await shown.sees(f"✖ {said}")
        assert shown.pages == ["home"]


async def test_who_may_not_read_roles_is_told_so(tmp_path: Path) -> None:
    async with show(tmp_path, content=fill_for_kim, namespace="shop", ready=False) as shown:
        await shown.command("who-can list pods")
        await shown.sees("denied: roles and bindings may not be read")
        assert shown.pane().state.phase is Phase.DENIED


async def test_what_could_not_be_read_is_said_below_the_rest(tmp_path: Path) -> None:
    def content(server: ScriptedServer) -> None:
        fill_for_kim(server)
        give(server, user("lee"), "", "roles", rule(READ, "roles", "rolebindings", group="rbac.authorization.k8s.io"))
        become(server, "lee")

    async with show(tmp_path, content=content, namespace="shop", ready=False) as shown:
        await shown.command("who-can list pods")
        await shown.lists("who can list pods in shop")
        await shown.sees("kim", "live: clusterrolebindings may not be read, clusterroles may not be read")
