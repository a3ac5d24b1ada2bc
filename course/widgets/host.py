"""Sends the views' code to the browser once per kernel; every card is then one small comm."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

import anywidget
import ipywidgets
import traitlets

from course.texts import LANGS, section

_HERE = Path(__file__).parent

# The stub is all that a card carries: it fetches the shared module from the host model and hands over.
_STUB = """
export default { async render(context) {
  const { model } = context;
  const host = await model.widget_manager.get_model(model.get("host"));
  const modules = (globalThis.__relationshipCourse ??= {});
  modules[host.get("digest")] ??= (async () => {
    const unpacked = new Blob([host.get("code")]).stream().pipeThrough(new DecompressionStream("gzip"));
    const url = URL.createObjectURL(new Blob([await new Response(unpacked).text()], { type: "text/javascript" }));
    try { return await import(url); } finally { URL.revokeObjectURL(url); }
  })();
  return (await modules[host.get("digest")]).render({ ...context, host });
} };
"""


@cache
def code():
    """Return the packed module of all views (bytes) and its digest (str); the same bytes for the same sources."""
    style = "".join((_HERE / name).read_text("utf-8") for name in ("view.css", "panel.css"))
    script = "".join((_HERE / name).read_text("utf-8") for name in ("view.js", "panel.js"))
    source = script + "\nconst STYLE = `" + style.replace("\\", "\\\\").replace("`", "\\`") + "`;\n"
    return gzip.compress(source.encode(), 9, mtime=0), hashlib.sha256(source.encode()).hexdigest()[:12]


class _Host(ipywidgets.Widget):
    """A model without a view: the module's code and the interface texts of both languages."""

    _model_name = traitlets.Unicode("WidgetModel").tag(sync=True)
    code = traitlets.Bytes().tag(sync=True)
    digest = traitlets.Unicode().tag(sync=True)
    texts = traitlets.Dict().tag(sync=True)


_hosts = {}


def host():
    """Return the host of this kernel, made at first use or after every widget was closed."""
    if not _hosts or _hosts["now"].comm is None:
        packed, digest = code()
        texts = {lang: section("card", lang) | section("panel", lang) for lang in LANGS}
        _hosts["now"] = _Host(code=packed, digest=digest, texts=texts)
    return _hosts["now"]


class View(anywidget.AnyWidget):
    """Base of everything the learner touches: one comm, a fixed ``spec``, a changing ``state``.

    Parameters
    ----------
    spec : dict
        What never changes: ``view`` ("card" or "panel"), ``lang``, labels, controls.
    state : dict
        What an act changes.
    act : callable
        Called as ``act(message)`` for each message of the browser; returns the next state, or ``None``.
    plain : str
        Shown where there is no browser.
    """

    _esm = _STUB
    layout = traitlets.Any(None, allow_none=True).tag(sync=True)
    host = traitlets.Unicode().tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)

    def __init__(self, spec, state, act, plain=""):
        self._act, self._plain = act, plain
        super().__init__(host=host().model_id, spec=spec, state=state)
        self.on_msg(self._receive)

    def _receive(self, _widget, message, _buffers):
        if isinstance(message, dict):
            state = self._act(message)
            if state is not None:
                self.state = state | {"by": message.get("by"), "seq": message.get("seq")}

    def _repr_mimebundle_(self, **_):
        bundle = {"text/plain": self._plain}
        if self._view_name is not None:
            bundle["application/vnd.jupyter.widget-view+json"] = {
                "version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return bundle
