"""`:can-i`, `:who-can` and `:rbac`: from words, or the row under the cursor, to the page that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from k9py.actions.plan import Target
from k9py.insight.rules.rbac import RoleRef
from k9py.insight.rules.rule import Asked
from k9py.insight.rules.subject import Subject, parse_subject
from k9py.session.session import Session
from k9py.ui.goto import Goto
from k9py.ui.screens.page import Page
from k9py.ui.screens.permissions_page import PermissionsPage
from k9py.ui.screens.subjects_page import RolePage, WhoCanPage
from k9py.values.errors import K9pyError
from k9py.values.namespaces import Namespaces

if TYPE_CHECKING:
    from k9py.ui.app import K9pyApp

GROUP = "rbac.authorization.k8s.io"
BINDINGS = ("rolebindings", "clusterrolebindings")
ROLES = ("roles", "clusterroles")


async def can_i(app: K9pyApp, goto: Goto) -> None:
    """`:can-i [SUBJECT]`: what we, or somebody else, may do in the namespaces in use."""
    session = _session(app)
    namespaces = session.namespaces if goto.namespaces is None else goto.namespaces
    subject = parse_subject(" ".join(goto.rest), namespaces.one) if goto.rest else None
    if subject and not subject.name:
        raise K9pyError("a subject has a name", "u:NAME, g:NAME or s:NAMESPACE:NAME")
    _push(app, PermissionsPage(session, subject, namespaces))


async def who_can(app: K9pyApp, goto: Goto) -> None:
    """`:who-can VERB KIND[/SUBRESOURCE] [NAME]`: everybody who can do that in the namespaces in use."""
    session = _session(app)
    if not 2 <= len(goto.rest) <= 3:
        raise K9pyError("who can do what?", ":who-can VERB KIND [NAME] [in NAMESPACE], as in :who-can get pods/log")
    verb, what, name = (*goto.rest, "")[:3]
    namespaces = session.namespaces if goto.namespaces is None else goto.namespaces
    if len(namespaces.names) > 1:
        raise K9pyError("who can do it in one namespace, or in any", ":who-can … in NAMESPACE, or -A")
    if what.startswith("/"):
        _push(app, WhoCanPage(session, Asked(verb.lower(), path=what), everywhere=False))
        return
    word, _, subresource = what.partition("/")
    resource = await session.find(word)
    if resource is None or resource.is_ours:
        raise K9pyError(f"{word}: this cluster serves no such kind")
    namespace = namespaces.one if resource.namespaced else ""
    asked = Asked(verb.lower(), resource.gvr.group, resource.gvr.plural, subresource, namespace, name)
    _push(app, WhoCanPage(session, asked, everywhere=resource.namespaced and namespaces.all))


async def rbac(app: K9pyApp, goto: Goto) -> None:
    """`:rbac [KIND NAME]`: the role, binding or service account that is named, or else under the cursor."""
    session = _session(app)
    pane = app.page.pane if app.page else None
    row = pane.cursor_row if pane else None
    if goto.rest:
        await _open_named(app, session, goto)
    elif pane and row and pane.resource and pane.resource.gvr.plural in (*ROLES, *BINDINGS, "serviceaccounts"):
        target = pane.target(row)
        await (open_account if pane.resource.gvr.plural == "serviceaccounts" else open_rules)(app, session, target)
    else:
        raise K9pyError("rbac of what?", "put the cursor on a role or binding, or :rbac clusterrole NAME")


async def _open_named(app: K9pyApp, session: Session, goto: Goto) -> None:
    words = " ".join(goto.rest).replace("/", " ").split()
    resource = await session.find(words[0])
    if resource is None or resource.gvr.group != GROUP or len(words) != 2:
        raise K9pyError(
            f"{' '.join(goto.rest)}: no role or binding", ":rbac clusterrole NAME, :rbac role NAME -n NAMESPACE"
        )
    namespaces = session.namespaces if goto.namespaces is None else goto.namespaces
    if resource.namespaced and not namespaces.one:
        raise K9pyError(f"{words[1]} of which namespace?", f":rbac {words[0]} {words[1]} in NAMESPACE")
    _open(app, session, resource.gvr.plural, words[1], namespaces.one if resource.namespaced else "")


async def open_rules(app: K9pyApp, session: Session, target: Target) -> None:
    """The page of a role or binding."""
    _open(app, session, target.resource.gvr.plural, target.key.name, target.key.namespace)


async def open_account(app: K9pyApp, session: Session, target: Target) -> None:
    """What a service account may do in its namespace."""
    subject = Subject("ServiceAccount", target.key.name, target.key.namespace)
    app.push_screen(PermissionsPage(session, subject, Namespaces.of(target.key.namespace)))


def _open(app: K9pyApp, session: Session, plural: str, name: str, namespace: str) -> None:
    label = f"{plural.removesuffix('s')} {namespace}/{name}" if namespace else f"{plural.removesuffix('s')} {name}"
    if plural in ROLES:
        role = RoleRef("Role" if namespace else "ClusterRole", name, namespace)
        app.push_screen(RolePage(session, label, lambda binding: binding.role == role, lambda _rbac: role))
        return
    app.push_screen(
        RolePage(
            session,
            label,
            lambda binding: (binding.name, binding.namespace) == (name, namespace),
            lambda rbac: next((b.role for b in rbac.bindings if (b.name, b.namespace) == (name, namespace)), None),
        )
    )


def _push(app: K9pyApp, page: Page) -> None:
    """Open it in place of what an earlier command has opened."""
    app.home()
    app.push_screen(page)


def _session(app: K9pyApp) -> Session:
    if app.session is None:
        raise K9pyError("no cluster", "choose a context first")
    return app.session
