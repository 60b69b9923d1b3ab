"""Where pods may run: selectors of nodes, tolerations, how they are spread."""

from __future__ import annotations

from k9py.insight.describe.facts import Obj, each, get, pairs, selector, text
from k9py.insight.describe.sheet import Sheet


def spread_of(sheet: Sheet, spec: Obj, level: int = 0) -> None:
    """Topology spread constraints, where there are any."""
    rules = sorted(each(spec, "topologySpreadConstraints"), key=lambda rule: text(rule, "topologyKey"))
    if rules:
        sheet.listing("Topology Spread Constraints", map(_say_spread, rules), level)


def _say_spread(rule: Obj) -> str:
    where, skew = text(rule, "topologyKey"), text(rule, "maxSkew", none="0")
    chosen = selector(rule, "labelSelector")
    words = f"{where}:{text(rule, 'whenUnsatisfiable')} when max skew {skew} is exceeded"
    return f"{words} for selector {chosen}" if chosen else words


def nodes_of(sheet: Sheet, spec: Obj, level: int = 0) -> None:
    """Node selectors and tolerations."""
    sheet.listing("Node-Selectors", pairs(spec, "nodeSelector"), level)
    tolerations = sorted(each(spec, "tolerations"), key=lambda toleration: text(toleration, "key"))
    sheet.listing("Tolerations", map(say_toleration, tolerations), level)


def say_toleration(toleration: Obj) -> str:
    """`key=value:Effect`, the operator where it is no comparison for equality, and for how long."""
    key, value, effect = (text(toleration, name) for name in ("key", "value", "effect"))
    words = [key + (f"={value}" if value else "") + (f":{effect}" if effect else "")]
    operator, seconds = text(toleration, "operator", none="Equal"), get(toleration, "tolerationSeconds")
    if operator != "Equal":
        words.append(f"op={operator}")
    if seconds is not None:
        words.append(f"for {seconds}s")
    return " ".join(filter(None, words))
