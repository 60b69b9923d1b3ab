"""The namespaces that were used lately, from one run to the next."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from k9py.kube.kubeconfig import read_kubeconfig
from k9py.kube.transport import ConnectOptions
from k9py.session import recents as recents_module
from k9py.session.hub import Hub
from k9py.session.recents import Recents
from k9py.values.namespaces import ALL, Namespaces
from tests.kube.scripted import serve

SHOP, BOTH = Namespaces.of("shop"), Namespaces.of("billing", "결제")


def test_they_come_back_in_their_order_by_context(tmp_path: Path) -> None:
    path = tmp_path / "state" / "namespaces.json"
    Recents(path).keep("prod", [SHOP, BOTH])
    Recents(path).keep("dev", [SHOP])
    assert Recents(path).of("prod") == [SHOP, BOTH]
    assert Recents(path).of("dev") == [SHOP]
    assert Recents(path).of("other") == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["namespaces.json"]


def test_without_a_file_nothing_is_kept() -> None:
    Recents().keep("prod", [SHOP])
    assert Recents().of("prod") == []


@pytest.mark.parametrize("text", ["", "[]", '{"prod": 7}', "\x00"])
def test_a_file_that_is_not_to_be_read_is_as_none_and_is_written_anew(tmp_path: Path, text: str) -> None:
    path = tmp_path / "namespaces.json"
    path.write_text(text)
    assert Recents(path).of("prod") == []
    Recents(path).keep("prod", [SHOP])
    assert Recents(path).of("prod") == [SHOP]


def test_where_it_cannot_be_written_k9py_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    Recents(tmp_path / "file" / "namespaces.json").keep("prod", [SHOP])


def test_contexts_that_are_used_no_longer_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recents_module, "MOST", 2)
    recents = Recents(tmp_path / "namespaces.json")
    for name in ("a", "b", "a", "c"):
        recents.keep(name, [SHOP])
    assert [name for name in "abc" if recents.of(name)] == ["a", "c"]


async def test_the_next_run_has_the_keys_of_the_one_before(tmp_path: Path) -> None:
    async with serve() as server:
        config = server.write_kubeconfig(tmp_path / "config")

        async def run(*used: Namespaces) -> list[Namespaces]:
            kept = Recents(tmp_path / "namespaces.json")
            hub = Hub(read_kubeconfig(str(config), {}), ConnectOptions(), recents=kept)
            session = await hub.open("scripted", SHOP)
            for namespaces in used:
                session.use_namespaces(namespaces)
            await hub.close()
            return session.recent_namespaces

        assert await run(BOTH, ALL) == [SHOP, BOTH]
        assert await run(Namespaces.of("tools")) == [SHOP, BOTH, Namespaces.of("tools")]
