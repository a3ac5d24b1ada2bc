"""Sends the views' code to the browser once per kernel; every card is then one small comm."""

import gzip
import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import anywidget
import ipywidgets
import traitlets

from course import charts, kinds
from course.texts import section

_HERE = Path(__file__).parent

# The stub is all that a card carries: it fetches the shared module from the host model and hands
# over.
_STUB = """export default { async render(c) {
const h = await c.model.widget_manager.get_model(c.model.get("host")),
all = (globalThis.__rm ??= {});
return (await (all[h.get("digest")] ??= (async () => {
const packed = new Blob([Uint8Array.from(atob(h.get("code")), (x) => x.charCodeAt())]),
code = packed.stream().pipeThrough(new DecompressionStream("gzip")),
url = URL.createObjectURL(new Blob([await new Response(code).text()], { type: "text/javascript" }));
try { return await import(url); } finally { URL.revokeObjectURL(url); }
})())).render({ ...c, host: h });
} };"""
_FILES = {
    "card": ("view", "strip", "handin"),
    "panel": ("view", "panel"),
    "clock": ("view", "strip", "clock"),  # of assignments alone: lessons need not carry it
}
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
_PAGE = _HERE / "page.css"  # JupyterLab's extension has it too
_KINDS = Path(kinds.__file__).parent  # the views of the kinds stand beside them


@cache
def code(kind: str) -> tuple[bytes, str]:
    """Return the packed module of a kind of view and its digest; same sources, same bytes.

    Parameters
    ----------
    kind : {"card", "panel"} or the name of a kind of exercise with a view of its own
    """
    alone = {name for name, each in kinds.kinds().items() if each.own_view}
    own = [_KINDS / f"{kind}.js"]
    if kind == "clock":
        own = []
    elif kind in _FILES:
        own = [path for path in sorted(_KINDS.glob("*.js")) if path.stem not in alone]
    files = _FILES.get(kind, ("view",))
    scripts = [_HERE / f"{name}.js" for name in files] + own
    script = "".join(path.read_text("utf-8") for path in scripts)
    sheets = [_PAGE, *(_HERE / f"{name}.css" for name in files)]
    if kind == "panel":
        sheets.insert(-1, _HERE / "chips.css")
    elif kind in alone:
        sheets += [_HERE / "chips.css", _HERE / "outcomes.css", _KINDS / f"{kind}.css"]
    styles = {path.stem: _COMMENT.sub("", path.read_text("utf-8")) for path in sheets}
    if kind not in ("card", "clock"):
        styles["figure"] = charts.style()
    # Indents and comments are for readers of the source; they need not travel.
    lines = (
        line.strip() for line in f"{script}\nconst STYLES = {json.dumps(styles)};\n".splitlines()
    )
    source = "\n".join(line for line in lines if line and not line.startswith("//")).encode()
    # Packed once per kernel: the best level costs half a millisecond more and saves every page.
    return gzip.compress(source, 9, mtime=0), hashlib.sha256(source).hexdigest()[:12]


def _name() -> str:
    """Return the id of a widget: shorter than usual, since each travels several times."""
    return uuid4().hex[:12]


class _Host(ipywidgets.Widget):  # type: ignore[misc]  # ipywidgets is not typed
    """A model without a view: the module's code and the interface texts of one language."""

    _model_name = traitlets.Unicode("WidgetModel").tag(sync=True)
    code = traitlets.Unicode().tag(sync=True)
    digest = traitlets.Unicode().tag(sync=True)
    texts = traitlets.Dict().tag(sync=True)


_hosts: dict[tuple[str, str], _Host] = {}


def host(kind: str, lang: str) -> _Host:
    """Return this kernel's host for a kind of view and a language.

    It is made at first use, and again after all widgets were closed.
    """
    if (kind, lang) not in _hosts or _hosts[kind, lang].comm is None:
        packed, digest = code(kind)
        # As text: a notebook saved with its widgets would lose bytes.
        _hosts[kind, lang] = _Host(
            model_id=_name(),
            code=b64encode(packed).decode(),
            digest=digest,
            texts={lang: section("panel" if kind == "panel" else "card", lang)},
        )
    return _hosts[kind, lang]


def _home(spec: Mapping[str, Any]) -> str:
    """Return which code a view needs."""
    if spec["view"] in ("panel", "clock"):
        return str(spec["view"])
    known = kinds.kinds().get(spec.get("kind", ""))
    return known.name if known and known.own_view else "card"


class View(anywidget.AnyWidget):
    """Base of everything the learner touches: one comm, a fixed ``spec``, a changing ``state``.

    Only where a pool gives another student another question a new ``spec`` comes, with its state.

    Parameters
    ----------
    spec : dict
        What never changes: ``view`` ("card", "strip", "handin" or "panel"), ``lang``, labels,
        controls.
    state : dict
        What an act changes.
    act : callable
        Called as ``act(message)`` for each message of the browser; returns the next state, or
        ``None``.
    still : callable
        Called as ``still(state)`` whenever the view is shown; returns HTML and plain text for where
        nothing runs: an export, a notebook that is not trusted.
    """

    _esm = traitlets.Unicode(_STUB).tag(sync=True)
    _anywidget_id = traitlets.Unicode("course.widgets.host.View").tag(sync=True)
    layout = traitlets.Any(None, allow_none=True).tag(sync=True)
    host = traitlets.Unicode().tag(sync=True)
    own = traitlets.Unicode().tag(sync=True)  # its own id, by which the page finds it
    spec = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        spec: dict[str, Any],
        state: dict[str, Any],
        act: Callable[[dict[str, Any]], dict[str, Any] | None],
        still: Callable[[dict[str, Any]], tuple[str, str]] = lambda state: ("", ""),
    ) -> None:
        self._act, self._still = act, still
        # AnyWidget's own __init__ would make a new class for every card; its two traits stand
        # above.
        own = _name()
        super(anywidget.AnyWidget, self).__init__(
            model_id=own,
            own=own,
            host=host(_home(spec), spec["lang"]).model_id,
            spec=spec,
            state=state,
        )
        self.on_msg(self._receive)

    def _receive(self, _widget: object, message: object, _buffers: object) -> None:
        if not isinstance(message, dict):
            return
        if message.get("act") == "missed":
            self.send_state("state")
        else:
            state = self._act(message)
            if state is not None:
                self.state = state | {"by": message.get("by"), "seq": message.get("seq")}

    def _ipython_display_(self) -> None:
        # Spares IPython's ten other formatters for each card.
        from IPython.display import publish_display_data

        publish_display_data(self._repr_mimebundle_())

    # IPython takes a bundle without metadata too.
    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:  # type: ignore[override]
        html, plain = self._still(self.state)
        bundle: dict[str, Any] = {"text/html": html, "text/plain": plain}
        if self._view_name is not None:
            bundle["application/vnd.jupyter.widget-view+json"] = {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.model_id,
            }
        return bundle
