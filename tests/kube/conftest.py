from __future__ import annotations

import pytest

from tests.kube.pki import Pair, Pki


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(scope="session")
def server_pair(pki: Pki) -> Pair:
    return pki.sign("server")


@pytest.fixture(scope="session")
def client_pair(pki: Pki) -> Pair:
    return pki.sign("client")
