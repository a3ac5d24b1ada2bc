"""Anybody's words as Markdown that says no more than they do."""

import re

_SIGNS = re.compile(r"[!-/:-@\[-`{-~]")  # of Markdown; an address without its signs is no link
_LIKE = {"$": "＄", "\\": "＼"}  # JupyterLab would take them for a formula though they are escaped


def literal(words: str) -> str:
    r"""Return one line of anybody's as Markdown that shows it letter by letter.

    Examples
    --------
    >>> literal("**a** https://b.c")
    '&#42;&#42;a&#42;&#42; https&#58;&#47;&#47;b&#46;c'
    """
    return _SIGNS.sub(lambda sign: _LIKE.get(sign[0], f"&#{ord(sign[0])};"), words).strip()
