"""When a question is the same question, whatever its bank is called; its id counts."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

# Of an exercise they change no question: what is said afterwards, and where it belongs.
_BESIDE = ("right", "wrong", "solution", "see", "covers", "outcomes", "level", "points", "attempts")


def version(raw: Mapping[str, Any]) -> str:
    """Return a sign of the question: what is asked, offered and right; not what is said afterwards.

    Examples
    --------
    >>> one = {"id": "a", "prompt": {"uk": "Коли?"}, "right": {"uk": "Бо так."}}
    >>> version(one) == version(one | {"right": {"uk": "Тому."}, "points": 3})
    True
    >>> version(one) == version(one | {"prompt": {"uk": "Де?"}})
    False
    """
    asked = _bare({name: value for name, value in raw.items() if name not in _BESIDE})
    words = json.dumps(asked, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def _bare(value: Any) -> Any:
    """Leave out reasons and hints, and spaces that nobody sees."""
    if isinstance(value, dict):
        kept = {name: part for name, part in value.items() if name not in ("why", "hint")}
        return {name: _bare(part) for name, part in kept.items()}
    if isinstance(value, list):
        return [_bare(part) for part in value]
    return " ".join(value.split()) if isinstance(value, str) else value
