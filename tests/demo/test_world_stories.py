"""The stories: each can be seen, each can be mended, and the shop says so when it is."""

from __future__ import annotations

from k9py.demo.cluster import Cluster
from k9py.demo.plan import Plan
from k9py.demo.serve import build
from k9py.demo.world.changes import change_deployment, set_image, set_replicas
from k9py.demo.world.stories import STORIES
from tests.demo.test_world import NOW, Obj, first, log, pods


def begin(name: str, seconds: float) -> Cluster:
    """The shop, so long after its start."""
    cluster = build(Plan(story=name), NOW)
    cluster.clock.advance(seconds)
    return cluster


def reasons(cluster: Cluster, app: str) -> set[str]:
    """The reasons of the events of a Deployment."""
    events = [entry.read() for entry in cluster.store.entries("events", "shop")]
    return {event["reason"] for event in events if _concerns(event, app)}


def _concerns(event: Obj, app: str) -> bool:
    about = event.get("involvedObject") or event.get("regarding") or {}
    return (about.get("kind"), about.get("name")) == ("Deployment", app)


def restart(cluster: Cluster, namespace: str, name: str) -> None:
    """As kubectl rollout restart does."""

    def change(obj: Obj) -> None:
        annotations = {"kubectl.kubernetes.io/restartedAt": cluster.clock.stamp()}
        obj["spec"]["template"]["metadata"]["annotations"] = annotations

    change_deployment(cluster, namespace, name, change)


def errors(cluster: Cluster, app: str, seconds: float) -> int:
    """Lines of error that are new after so many seconds more."""
    before = log(cluster, app).count("ERROR")
    cluster.clock.advance(seconds)
    return log(cluster, app).count("ERROR") - before


def test_a_bad_deploy_makes_orders_fail_until_the_old_image_is_back() -> None:
    cluster = begin("bad-deploy", 170)
    assert "OrdersFailing" in reasons(cluster, "checkout")
    checkouts = [pod for pod in pods(cluster, "checkout") if "7.2.0" in pod["spec"]["containers"][0]["image"]]
    assert len(checkouts) == 3
    assert any(first(pod)["restartCount"] for pod in checkouts)
    assert "payments-api.payment: Name or service not known" in log(cluster, "checkout", previous=True)
    assert " 504 " in log(cluster, "gateway")
    set_image(cluster, "shop", "checkout", "shop/checkout:7.1.3", "")
    cluster.clock.advance(90)
    assert "OrdersRecovered" in reasons(cluster, "checkout")
    assert errors(cluster, "checkout", 30) == 0


def test_a_bad_deploy_is_mended_by_the_version_that_is_kept_at_hand() -> None:
    cluster = begin("bad-deploy", 110)
    set_replicas(cluster, "shop", "checkout", 0)
    set_replicas(cluster, "shop", "checkout-fallback", 3)
    cluster.clock.advance(90)
    assert "OrdersRecovered" in reasons(cluster, "checkout")


def test_a_sleeping_worker_lets_the_queue_grow_until_it_is_scaled_up() -> None:
    cluster = begin("sleeping-worker", 180)
    assert pods(cluster, "orders-worker") == []
    assert "QueueGrowing" in reasons(cluster, "orders-worker")
    set_replicas(cluster, "shop", "orders-worker", 2)
    cluster.clock.advance(120)
    assert "QueueDrained" in reasons(cluster, "orders-worker")


def test_a_stale_pool_is_mended_by_a_restart() -> None:
    cluster = begin("stale-pool", 90)
    assert all(first(pod)["ready"] for pod in pods(cluster, "payments-api"))
    assert "OrdersFailing" in reasons(cluster, "checkout")
    assert "broken pipe" in log(cluster, "payments-api")
    restart(cluster, "payments", "payments-api")
    cluster.clock.advance(90)
    assert "OrdersRecovered" in reasons(cluster, "checkout")


def test_a_leaking_cart_is_killed_again_and_again() -> None:
    cluster = begin("leaking-cart", 300)
    ends = [first(pod)["lastState"].get("terminated", {}).get("reason") for pod in pods(cluster, "cart")]
    assert "OOMKilled" in ends
    assert "heap grows" in log(cluster, "cart", previous=True)


def test_a_crowded_house_leaves_no_room_for_the_shop_until_the_load_test_is_gone() -> None:
    cluster = begin("crowded-house", 60)
    set_replicas(cluster, "shop", "catalog", 12)
    cluster.clock.advance(20)
    assert [pod for pod in pods(cluster, "catalog") if pod["status"]["phase"] == "Pending"]
    set_replicas(cluster, "monitoring", "load-test", 0)
    cluster.clock.advance(60)
    assert not [pod for pod in pods(cluster, "catalog") if pod["status"]["phase"] == "Pending"]


def test_each_story_has_a_name_and_a_line() -> None:
    assert all(
        story.name == name and "\n" not in story.summary and len(story.summary) <= 78 for name, story in STORIES.items()
    )
