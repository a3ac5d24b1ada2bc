"""Pages of this room: its templates, which may extend those of the lecturer's other pages."""

from pathlib import Path
from typing import Any

from markupsafe import Markup

from course.grading.pages import POLICY, speaker, templates

HERE = Path(__file__).parent


def page(
    template: str, lang: str, style: str, values: dict[str, Any], policy: Markup = POLICY
) -> str:
    """Return one HTML page that needs nothing else.

    Parameters
    ----------
    template : str
        A file of this folder.
    lang : {"uk", "ru"}
    style : str
        The style sheet that stands in the page.
    values : dict
        What the template prints.
    policy : markupsafe.Markup
        What the page may run; by default nothing.
    """
    known = {"lang": lang, "style": Markup(style), "policy": policy, "say": speaker(lang)}
    return templates(HERE).get_template(template).render(known | values)


def own(name: str) -> str:
    """Return a file of this folder."""
    return (HERE / name).read_text("utf-8")
