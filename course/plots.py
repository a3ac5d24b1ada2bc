"""What a plot of matplotlib says aloud: JupyterLab gives the image of a plot no text of its own.

A figure that a cell shows goes to the page as HTML too, with a text alternative made of its title
and of the names of its axes.
"""

import re
import sys
from html import escape
from typing import Any

from course.texts import LANGS, text

_lang = LANGS[0]


def install(lang: str) -> None:
    """Let the plots of this kernel have a text; does nothing where no notebook runs.

    Parameters
    ----------
    lang : {"uk", "ru"}
        Whose words stand around the names of the axes.
    """
    global _lang
    _lang = lang
    if shell := _shell():
        _offer()
        # matplotlib takes all formatters of figures away when it begins, and shows after this.
        shell.events.register("post_execute", _offer)


def _shell() -> Any:
    ipython = sys.modules.get("IPython")  # whoever runs in a notebook has it
    return ipython and ipython.get_ipython()


def _offer() -> None:
    html = _shell().display_formatter.formatters["text/html"]
    html.for_type_by_name("matplotlib.figure", "Figure", _html)


def spoken(figure: Any, lang: str) -> str:
    r"""Return what stands for a figure where it is not seen.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    lang : {"uk", "ru"}

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots()
    >>> _ = axes.set(xlabel=r"$\lambda$", ylabel="$h$")
    >>> spoken(axes.figure, "uk")
    'Графік. Підписи: lambda, h.'
    """
    labels = [
        re.sub(r"[$\\{}]", "", label)
        for axes in figure.axes
        for label in (axes.get_title(), axes.get_xlabel(), axes.get_ylabel())
        if label
    ]
    return text("lesson.plot", lang, labels=", ".join(labels) or "–")


def _html(figure: Any) -> str | None:
    from IPython.core.pylabtools import print_figure

    data = print_figure(figure, "png", base64=True)
    alt = escape(spoken(figure, _lang))
    return data and f'<img alt="{alt}" src="data:image/png;base64,{data}">'
