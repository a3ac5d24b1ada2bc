"""Which numbers a lesson's prose should say and doesn't."""

import re

from course.texts import number


def unsaid(said, text, lang):
    """``{name: written number}`` of what ``said``, ``{name: (value, digits)}``, has and the text has not.

    A number stands alone: it is no part of a longer one. Thousands may be apart or not.
    """
    written = {
        name: number(round(float(value), 9), lang, digits).replace("\u00a0", " ")
        for name, (value, digits) in said.items()
    }
    return {
        name: words
        for name, words in written.items()
        if not re.search(rf"(?<![\d,]){words.replace(' ', ' ?')}(?!\d|,\d)", text)
    }
