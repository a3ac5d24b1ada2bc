"""The views' code travels once; a card is one comm and one message."""

import gzip
import json

import comm
import pytest
from comm.base_comm import BaseComm

from course import exercises, lessons
from course.widgets import host


@pytest.fixture
def wire(monkeypatch, tmp_path):
    """Record every comm message that would go to the browser."""
    sent = []

    class Recorded(BaseComm):
        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **keys):
            sent.append((msg_type, self.comm_id, data or {}, buffers or []))

    monkeypatch.setattr(comm, "create_comm", lambda **keys: Recorded(**keys))
    monkeypatch.setenv("COURSE_ANSWERS", str(tmp_path))
    host._hosts.clear()
    yield sent
    host._hosts.clear()


def test_the_code_is_the_same_bytes_each_time():
    for kind in ("card", "panel"):
        packed, digest = host.code(kind)
        host.code.cache_clear()
        assert host.code(kind) == (packed, digest)
        source = gzip.decompress(packed).decode()
        assert "export function render" in source and "rm-card" in source
        assert ("function panel(" in source) == (kind == "panel")


def said_in(value):
    """Bytes of the texts that a card shows."""
    if isinstance(value, dict):
        return sum(map(said_in, value.values()))
    if isinstance(value, list):
        return sum(map(said_in, value))
    return len(value.encode()) if isinstance(value, str) else 0


def test_one_message_a_card_and_the_code_only_once(wire):
    lesson = lessons.Lesson("levels", "uk")
    names = list(lesson.chapter.exercises)[:10]
    for name in names:
        lesson.exercise(name)
    opened = [message for message in wire if message[0] == "comm_open"]
    assert len(opened) == len(wire) == len(names) + 1
    assert sum("code" in data["state"] for _, _, data, _ in wire) == 1
    assert not any(buffers for *_, buffers in wire), "a saved notebook loses bytes"
    size = sum(
        len(json.dumps(data, ensure_ascii=False).encode()) + sum(map(len, buffers))
        for _, _, data, buffers in wire
    )
    # What the lesson says is the lesson's; the rest is ours.
    said = sum(
        said_in(data["state"].get(part)) for _, _, data, _ in wire for part in ("spec", "state")
    )
    assert size - said < 40_000, (size, said)


def test_what_the_page_missed_is_said_again(wire):
    lesson = lessons.Lesson("levels", "uk")
    view = lesson.exercise(next(iter(lesson.chapter.exercises)))
    opened = wire[-1][2]["state"]
    assert opened["own"] == view.model_id == wire[-1][1]
    wire.clear()
    view._receive(view, {"act": "missed"}, [])
    assert [(message[0], message[2]["state"]) for message in wire] == [
        ("comm_msg", {"state": opened["state"]})
    ]


def test_one_state_message_answers_an_act(wire):
    lesson = lessons.Lesson("levels", "uk")
    view = lesson.exercise(next(iter(lesson.chapter.exercises)))
    wire.clear()
    view._receive(view, {"act": "hint", "answer": None, "by": "tab", "seq": 7}, [])
    assert [message[0] for message in wire] == ["comm_msg"]
    state = wire[0][2]["state"]["state"]
    assert (state["by"], state["seq"]) == ("tab", 7) and state["feedback"]


@pytest.mark.parametrize(
    "message",
    ["text", None, 5, [], {"act": {"deep": []}}, {"answer": "x" * 200_000, "act": "check"}],
)
def test_a_strange_message_changes_nothing(wire, message):
    lesson = lessons.Lesson("levels", "uk")
    view = lesson.exercise(next(iter(lesson.chapter.exercises)))
    view._receive(view, message, [])
    assert view.state["status"] == "untouched"


def test_the_same_exercise_is_one_view_and_closing_all_widgets_starts_anew(wire):
    lesson = lessons.Lesson("levels", "uk")
    name = next(iter(lesson.chapter.exercises))
    assert lesson.exercise(name) is lesson.exercise(name)
    host.host("card", "uk").close()
    assert host.host("card", "uk").comm is not None


def test_plain_text_stands_where_there_is_no_browser(wire):
    lesson = lessons.Lesson("levels", "ru")
    bundle = lesson.exercise(next(iter(lesson.chapter.exercises)))._repr_mimebundle_()
    assert (
        "JupyterLab" in bundle["text/plain"]
        and "application/vnd.jupyter.widget-view+json" in bundle
    )


def test_the_still_form_has_the_learner_s_own_numbers_and_what_the_instrument_says(wire):
    lesson = lessons.Lesson("levels", "uk")
    drawn = next(one for one in lesson.chapter.exercises.values() if one.kind.name == "numeric")
    view = lesson.exercise(drawn.id)
    assert view.state["prompt"] != drawn.say("prompt", "uk", exercises.draw(drawn, "still", 1))
    assert view.state["prompt"] in view._repr_mimebundle_()["text/html"]
    panel = lesson.instrument("levels")
    assert panel.state["sentence"] in panel._repr_mimebundle_()["text/html"]
