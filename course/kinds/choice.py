"""One of the options is right."""

from typing import Any

from course.kinds._answer import Score
from course.kinds._entry import Faults, Key, Raw, Sources
from course.kinds._kind import Kind
from course.kinds._told import Line, Telling
from course.kinds.multi import Multi


class Choice(Multi):
    """Right or wrong; each wrong option has its own reason."""

    on_paper = "letter"

    def counted(self, raw: Raw, right: int) -> Faults:
        if right != 1:
            yield "option", f"{right} options have right = true; exactly one must"

    def key(self, raw: Raw, sources: Sources) -> Key:
        key = super().key(raw, sources)
        return {**key, "right": key["right"][0]}

    def open_key(self, raw: Raw) -> Key:
        key = super().open_key(raw)
        return {**key, "right": key["right"][0]}

    def judge(self, key: Key, answer: Any) -> dict[str, Any]:
        return super().judge(key, [answer])

    def refused(self, raw: Raw, answer: Any) -> str | None:
        return None

    def guessed(self, score: Score) -> bool:
        return False

    def reason(self, telling: Telling, score: Score, answer: Any) -> Line:
        return self.line(telling, "no", "wrong", telling.say("wrong"))


KIND: Kind = Choice()
