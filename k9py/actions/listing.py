"""docs/actions.md: every change that k9py makes, from the registry."""

from __future__ import annotations

from k9py.actions.action import Action, Right
from k9py.actions.registry import all_actions

_HEAD = """# Changes

Written by `make docs` from the registry of actions. `docs/keys.md` has the keys that only look.

Every change is planned first: k9py reads what it is about, asks what it needs to be told, has the server try it (dry
run), shows the difference and the kubectl commands, and sends it when you say yes. `:undo` lists what was done.
"""


def write_actions_page() -> str:
    """The page: a section for each change, in the order of their titles."""
    actions = sorted((each for each in all_actions() if isinstance(each, Action)), key=lambda action: action.title)
    return "\n".join([_HEAD, *map(_section, actions)])


def _section(action: Action) -> str:
    rows = (
        ("key", f"`{name_key(action.key)}`"),
        ("on", action.on if action.many else f"{action.on}; one at a time"),
        ("needs", _say_right(action.right)),
        ("with kubectl", f"`{action.kubectl}`"),
        ("undo", action.undo),
        ("proven by", f"`{action.proof}`"),
    )
    table = "\n".join(f"| {title} | {text.replace('|', chr(92) + '|')} |" for title, text in rows)
    return f"## {action.title}\n\n| | |\n|---|---|\n{table}\n"


def name_key(key: str) -> str:
    """A key as a person calls it: `ctrl-d`."""
    return key.replace("+", "-")


def _say_right(right: Right) -> str:
    """`patch` on the object; `patch` on its `scale`; `create` on `pods/eviction`."""
    if right.of:
        return f"`{right.verb}` on `{'/'.join(part for part in (right.of.gvr.full_name, right.subresource) if part)}`"
    return f"`{right.verb}` on its `{right.subresource}`" if right.subresource else f"`{right.verb}` on the object"
