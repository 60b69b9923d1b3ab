"""Watches over the orders, as the shop's own monitoring would: an event when they fail, one when all is well again."""

from __future__ import annotations

from k9py.demo.api.events import Recorder
from k9py.demo.world.changes import tell
from k9py.demo.world.shop import Shop

WINDOW = 30.0
"""Seconds of orders that are looked at."""

CALM = 8
"""So many orders in a row without a loss, and all is well."""

REMIND = 60.0
"""Seconds until what is still wrong is said again; whoever says more is not heard any more (events are rationed)."""

MANY = 40
"""So many orders that wait are too many."""


class Monitor:
    """Looks every few seconds."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._recorder = Recorder(shop.cluster, "shop-monitor")
        self._failing = ""
        self._crowded = False
        self._said = 0.0

    def start(self) -> None:
        """From now on it looks."""
        self._shop.clock.every(5.0, self._look)

    def _look(self) -> None:
        self._look_at_orders()
        self._look_at_queue()

    def _look_at_orders(self) -> None:
        now, outcomes = self._shop.clock.now, self._shop.outcomes
        recent = [one for one in outcomes if one.time > now - WINDOW]
        lost = [one for one in recent if one.lost]
        if len(lost) >= 3 and len(lost) * 3 > len(recent):
            if not self._failing:
                self._tell(
                    "checkout", "Warning", "OrdersFailing", f"{len(lost)} of the last {len(recent)} orders were lost"
                )
            self._failing = lost[-1].lost
        elif self._failing and len(outcomes) >= CALM and not any(one.lost for one in list(outcomes)[-CALM:]):
            self._failing = ""
            self._tell("checkout", "Normal", "OrdersRecovered", "주문이 다시 정상입니다 🎉 orders go through again")

    def _look_at_queue(self) -> None:
        waiting = self._shop.queue
        if waiting > MANY:
            if self._crowded and self._shop.clock.now < self._said + REMIND:
                return
            self._crowded, self._said = True, self._shop.clock.now
            text = "orders are waiting in the queue, and more come in than are taken out"
            self._tell("orders-worker", "Warning", "QueueGrowing", text)
        elif self._crowded and waiting < 5:
            self._crowded = False
            self._tell(
                "orders-worker", "Normal", "QueueDrained", "밀린 주문을 모두 처리했습니다 📦 the queue is empty again"
            )

    def _tell(self, name: str, kind: str, reason: str, text: str) -> None:
        where = ("deployments.apps", "shop", name)
        tell(self._recorder, self._shop.cluster, where, kind, reason, text)
