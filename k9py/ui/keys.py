"""The keys that mean the same on every row: what help and docs/keys.md say of them."""

from __future__ import annotations

from k9py.actions.listing import name_key
from k9py.actions.registry import all_actions

GENERAL_KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    "Going somewhere": (
        (":", "a command: :pods, :deploy kube-system, :svc -A, :crd, :po app=web, :pods /regex, :pods @context"),
        (":pods a,b", "several namespaces; :pods @x,y several contexts, :@+z adds one, :@-z leaves it"),
        (":home :ctx :ns", "the four panes, the contexts (space shows one beside), the namespaces"),
        (":cluster", "the map of the control plane and the nodes: what is well, what is not, who leads"),
        (":demo", "the embedded cluster, beside the others; on the page of contexts: d"),
        (":undo", "what was changed in this run: how it stands, the outcome of each, the way back"),
        (":about :help :q", "k9py's own health, this page, quit"),
        ("[ ] -", "the command before, the one after, the one before this"),
        ("⏎", "into the row: node or deployment → pods → containers → log; any other → its description"),
        ("ctrl-p", "all that can be done here, and where : leads, found by typing a part of its name"),
        ("m", "the menu of the row, or of the marked rows, with all that applies; so does the right mouse button"),
        ("esc  q", "back: zoom, filter, narrowing, page"),
        ("tab  ⇧tab", "the next, the previous pane"),
        ("Z", "zoom the pane in focus"),
        ("0", "all namespaces; 1–9 those used lately"),
        ("ctrl-c", "quit"),
    ),
    "Who may do what": (
        (":can-i", "what I may do; :can-i u:kim, g:devs, s:shop:robot for others; -n NAMESPACE, -A"),
        (
            ":who-can",
            "who can: :who-can get pods/log in shop, :who-can delete nodes, :who-can get /metrics",
        ),
        (":rbac", "rules and subjects of the role or binding under the cursor, as ⏎ on it; :rbac clusterrole view"),
    ),
    "In a table": (
        ("j k ↓ ↑ g G", "down, up, first, last; ctrl-f and ctrl-b by pages; h l ← → sideways"),
        ("/", "filter: text or regex; !regex leaves out; -l app=web,tier!=x by labels"),
        ("space", "mark; ctrl-space marks a range, ctrl-\\ takes all marks back"),
        ("N A S P C M", "sort by name, age, status, namespace, CPU, memory; again turns it round"),
        ("⇧← ⇧→", "sort by the column before, the column after"),
        ("ctrl-w", "wide: more columns; :po -L app,@note has those of labels and annotations"),
    ),
    "Among what uses most": (
        (":top", ":top, :top nodes, :top containers -n shop: what uses most comes first, its course since k9py began"),
        (":capacity", "requests, limits and what is free on nodes; of namespaces, of workloads, of volumes (-n, -A)"),
        ("tab  ⇧tab", "the next table, the one before; ⏎ on a row of capacity: its pods, those that mount a volume"),
    ),
    "Among events": (
        ("f", "those that repeat each other in one row with their count and span, or each for itself"),
        ("a", "of an object: also those of all that it owns"),
        ("⏎", "to what the event is about"),
    ),
    "In a tree": (
        (":xray", ":xray, :xray deploy, :xray deploy shop: all there is in the namespaces in use, or of a kind"),
        ("space  → ←", "open or close; → goes in, ← to what it hangs on"),
        ("x", "open all, close all"),
        ("⏎", "to the object, in the table of its kind; all other keys are those of its row"),
        ("/", "show only what matches, and what that hangs on"),
        ("c", "copy the name"),
    ),
    "In a log": (
        ("s", "follow or pause; scrolling up pauses, G follows again"),
        ("0 1", "the newest lines, the first ones"),
        ("2 3 4 5 6", "the last minute, 5, 15, 30 minutes, hour"),
        ("a  p", "all containers or the usual one; the containers before their last restart, and back"),
        ("/", "show only lines that match; !regex leaves out; -C 3 regex with lines around; -s regex hides nothing"),
        ("n N", "the next line that matches, the one before"),
        ("x", "show the lines that a filter hides, with the matches marked, and hide them again"),
        ("e  u", "only warnings, only errors, all; fold lines that repeat"),
        ("J", "read JSON, logfmt and klog: level, message, fields"),
        ("t T w", "times, in local time, wrapped lines"),
        ("v", "select lines: j k g G, then c; esc leaves"),
        ("c  ctrl-s", "copy what is selected, else the match, else what is in sight; save all that is shown"),
        ("m  C", "a mark with the time; clear"),
        ("f", "nothing but the log, for a terminal's own selection"),
    ),
    "In a shell": (
        (":shells", "all shells, also those that go on out of sight: ⏎ shows one, ctrl-d closes it"),
        (
            "ctrl-]",
            "all other keys are the shell's; this one (ctrl-5 where there is no ]) is for k9py, with one of these:",
        ),
        ("  tab  Z", "to the table, and tab is back; full screen, and again: no longer"),
        ("  n p  1–9", "the next shell, the one before, one by its place"),
        (
            "  s  /",
            "scroll: j k g G as in a log, n N to matches, v selects, c copies, esc types again; / searches at once",
        ),
        ("  q  l  x", "leave the page, the shell goes on; :shells; close the shell"),
        ("  :  ?  ctrl-]", "a command; this page; ctrl-] itself"),
        ("⇧PgUp  ⇧PgDn", "scroll, as the wheel does; typing goes back to the end"),
        ("r", "after it has ended: connect again"),
    ),
    "In a text": (
        ("/", "find: text or regex; n and N go to the next and the one before"),
        ("m  x", "in YAML: show or fold managedFields; decode or mask the values of a secret"),
        ("i", "in YAML: explain the field under the cursor, beside it"),
        ("c  ctrl-s  r", "copy what is selected or all; save; read anew"),
    ),
    "Among changes": (
        ("⏎", "the outcome of each object, and the kubectl commands; c copies them"),
        ("u  ctrl-z", "undo, as far as there is a way back, once that is confirmed"),
        ("x", "cancel: what was sent stays sent, nothing more is"),
    ),
    "On the map": (
        ("j k g G", "to the next, the one before, the first, the last; h l ← → sideways"),
        ("space", "unfold: each check of livez and readyz, all conditions of a node; again folds"),
        ("⏎", "the object that the line stands for: a lease's description, a pod's log, a node's pods"),
        ("/", "show only lines that match"),
    ),
}


def write_keys_page() -> str:
    """docs/keys.md, from the registry of actions and the keys above."""
    lines = ["# Keys", "", "Written by `make docs` from the registry of actions.", "", "## On a row", ""]
    lines += ["`[keys]` in the configuration gives an action another key, by its name.", ""]
    lines += ["| key | does | on | name |", "|---|---|---|---|"]
    lines += [f"| `{name_key(each.key)}` | {each.title} | {each.on} | `{each.id}` |" for each in all_actions()]
    for group, keys in GENERAL_KEYS.items():
        lines += ["", f"## {group}", "", "| key | does |", "|---|---|"]
        lines += [f"| `{name}` | {meaning.replace('|', chr(92) + '|')} |" for name, meaning in keys]
    return "\n".join(lines) + "\n"
