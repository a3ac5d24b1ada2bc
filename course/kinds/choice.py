"""One of the options is right."""

from collections.abc import Iterator, Mapping
from typing import Any

from course.kinds._kind import (
    Answered,
    Explained,
    Key,
    Kind,
    Line,
    Raw,
    Score,
    Sources,
    Telling,
    public_name,
)
from course.kinds.multi import Multi


class Choice(Multi):
    """Right or wrong; each wrong option has its own reason."""

    def counted(self, raw: Raw, right: int) -> Iterator[tuple[str, str]]:
        if right != 1:
            yield "option", f"{right} options have right = true; exactly one must"

    def key(self, raw: Raw, sources: Sources) -> Key:
        key = super().key(raw, sources)
        return {**key, "right": key["right"][0]}

    def open_key(self, raw: Raw) -> Key:
        key = super().open_key(raw)
        return {**key, "right": key["right"][0]}

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        return super().judge({**key, "right": [key["right"]]}, [answer])

    def refused(self, raw: Raw, answer: Any) -> str | None:
        return None

    def guessed(self, score: Score) -> bool:
        return False

    def reason(self, telling: Telling, score: Score, answer: Any) -> Line:
        return self.line(telling, "no", "wrong", telling.say("wrong"))

    def solved(self, telling: Telling, key: Key, explained: Explained) -> Explained:
        return super().solved(telling, {**key, "right": [key["right"]]}, explained)

    def keyed(self, telling: Telling, key: Key) -> dict[str, str]:
        return super().keyed(telling, {**key, "right": [key["right"]]})

    def answered(self, telling: Telling, answer: Any) -> list[Answered]:
        return super().answered(telling, [answer])

    def renamed(self, answer: Any, names: Mapping[str, Mapping[str, str]]) -> Any:
        return public_name(names.get("option", {}), answer)

    def alike(self, raw: Raw, answer: Any) -> Any:
        return answer


KIND: Kind = Choice()
