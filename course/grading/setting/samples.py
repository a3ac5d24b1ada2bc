"""Sample answers with the lecturer's marks: what calibrates students who mark each other's work."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

import msgspec

from course.exercises import Exercise, Fault, evaluate, grid
from course.files import write_whole
from course.grading import keyfile
from course.grading.keyfile import Criterion, Id, Peer
from course.grading.peer.calibration import PLAIN, apart
from course.grading.setting.source import Source
from course.grading.setting.spec import Level, PeerRule, Spec

Tile = Annotated[str, msgspec.Meta(min_length=1)]  # its id; a `Pair` has languages there
_SHORTEST = 16  # characters of a secret
_FEW = 12  # values that a message lists
_NAMES = ("weak", "middling", "strong")
_HEAD = """# Sample answers for peer review: yours, or works of earlier years without their names.
# Every student marks two of them and does not know which they are, so write them as students do.
# Take one weak, one middling and one strong: samples of one quality tell nothing of a reader.
# Marks are points of the rubric. Keep this file to yourself: no student may see it.

# Decides who reads whose work; made at random, for you alone.
secret = "{secret}"
"""


@dataclass(kw_only=True)
class Answer:
    """``[[sample.answer]]``: an answer to one exercise and its marks by criterion."""

    exercise: str = field(metadata={"write": "an exercise that students mark"})
    text: str | None = field(
        default=None, metadata={"write": 'the answer in quotes: text = """…"""'}
    )
    tiles: dict[Tile, str] = field(
        default_factory=dict, metadata={"write": 'tiles.NAME = "…" for each tile'}
    )
    marks: dict[str, Level] = field(metadata={"write": "marks.CRITERION = points for each one"})


@dataclass(kw_only=True)
class Sample:
    """``[[sample]]``: one work as a student could have handed it in."""

    id: Id = field(metadata={"write": 'an id, for example id = "weak"'})
    numbers: dict[str, float] = field(
        default_factory=dict, metadata={"write": "numbers.NAME = a number, one for each"}
    )
    answer: Annotated[list[Answer], msgspec.Meta(min_length=1)] = field(
        metadata={"write": "[[sample.answer]] for each exercise"}
    )


@dataclass(kw_only=True)
class Samples:
    """The fields of ``samples.toml``."""

    secret: str = field(metadata={"write": 'a text of many letters: secret = "…"'})
    sample: list[Sample] = field(metadata={"write": "[[sample]] at least three times"})


def read_samples(
    named: Path, spec: Spec, exercises: Mapping[str, Exercise], faults: list[Fault]
) -> Peer | None:
    """Read and check the samples that a specification names.

    Parameters
    ----------
    named : Path
        The specification's.
    spec : Spec
        Sound.
    exercises : mapping
        Those of the specification, by reference.
    faults : list of Fault
        Gets what is wrong, by line.

    Returns
    -------
    Peer or None
        As the key keeps it; None without ``[peer]``, and when something is wrong.
    """
    rule = spec.peer
    if rule is None:
        return None
    path = named.parent / rule.samples
    if not path.is_file():
        said = f"there is no file {path.name} beside the spec; course assign --peer begins one"
        Source(named, faults).fault("peer", said)
        return None
    before, source = len(faults), Source(path, faults)
    samples = source.table(Samples, source.raw) if len(faults) == before else None
    if samples is None or len(faults) > before:
        return None
    if len(samples.secret.strip()) < _SHORTEST:
        said = f"write {_SHORTEST} letters or more that nobody can guess"
        source.fault("secret", said)
    if len(samples.sample) < len(_NAMES):
        source.fault("sample", "write three samples or more: a weak, a middling, a strong one")
    reader = _Reader(source, spec, rule, exercises)
    made = [
        reader.sample(each, ["sample"] * number) for number, each in enumerate(samples.sample, 1)
    ]
    if len({each["id"] for each in made}) < len(made):
        source.fault("id", "two samples have the same id; give each its own", "sample")
    if len(faults) == before:
        reader.differ(made)
    if len(faults) > before:
        return None
    return {
        "secret": samples.secret.strip(),
        "exercises": rule.exercises,
        "samples": made,
        "closes": rule.closes.strftime("%Y-%m-%dT%H:%M:%SZ") if rule.closes else None,
        "spread": rule.spread,
        "results": rule.results,
        "comments": rule.comments,
    }


class _Reader:
    """Compares samples with the exercises and their rubrics."""

    def __init__(
        self, source: Source, spec: Spec, rule: PeerRule, exercises: Mapping[str, Exercise]
    ) -> None:
        self.source, self.exercises = source, {ref: exercises[ref] for ref in rule.exercises}
        self.rubrics = {ref: spec.criteria(ref) for ref in rule.exercises}

    def sample(self, sample: Sample, where: list[str]) -> keyfile.Sample:
        """Return a sample as the key keeps it, after telling what is wrong with it."""
        made: keyfile.Sample = {"id": sample.id, "answers": {}, "marks": {}}
        if numbers := self._numbers(sample, where):
            made["numbers"] = numbers
        for number, each in enumerate(sample.answer, 1):
            at, ref = [*where, *["answer"] * number], each.exercise
            if ref not in self.exercises:
                said = f"{ref!r} is not among those that students mark"
                self.source.fault("exercise", f"{said}: {', '.join(self.exercises)}", *at)
            elif ref in made["answers"]:
                self.source.fault("exercise", f"a second answer to {ref!r}; remove one", *at)
            else:
                made["answers"][ref] = self._answer(each, at)
                made["marks"][ref] = self._marks(each, at)
        for ref in self.exercises.keys() - made["answers"].keys():
            said = f"{sample.id!r} has no answer to {ref!r}; write [[sample.answer]]"
            self.source.fault("sample", said, *where[1:])
        return made

    def _numbers(self, sample: Sample, at: list[str]) -> dict[str, keyfile.Number]:
        """Return the numbers of the task that a sample answers, as the exercises write them."""
        numbers = dict[str, keyfile.Number]()
        known = _parameters(self.exercises.values())
        for name, spec in known.items():
            own = [value for value in grid(spec) if value == sample.numbers.get(name)]
            if own:
                numbers[name] = own[0]
            else:
                said = f"write numbers.{name} = one of {_values(spec)}: whose task {sample.id!r} is"
                self.source.fault("sample", said, *at[1:])
        for name in sample.numbers.keys() - known.keys():
            said = f"what students mark has no number {name!r}; remove numbers.{name}"
            self.source.fault(name, said, *at)
        if numbers.keys() == known.keys() and not all(
            evaluate(condition, numbers)
            for exercise in self.exercises.values()
            for condition in exercise.get("where", ())
        ):
            said = f"nobody has the numbers of {sample.id!r} together; take others"
            self.source.fault("numbers", said, *at)
        return numbers

    def _answer(self, given: Answer, at: list[str]) -> Any:
        exercise, answer = self.exercises[given.exercise], given.tiles or given.text
        if exercise.kind.readable(exercise.raw, answer).state != "person":
            tiles = [part["id"] for part in exercise.get("tile", ())]
            wanted = ", ".join(f"tiles.{name}" for name in tiles) or "text"
            said = f"write the sample's answer to {given.exercise}: {wanted}"
            self.source.fault("exercise", said, *at)
        return answer

    def _marks(self, given: Answer, at: list[str]) -> dict[str, float]:
        marks = {}
        for criterion in self.rubrics[given.exercise]:
            name, levels = criterion["id"], criterion["levels"]
            if given.marks.get(name) in levels:
                marks[name] = given.marks[name]
                continue
            known = ", ".join(f"{points:g}" for points in levels)
            self.source.fault("marks", f"write marks.{name} = one of {known}", *at)
        for name in given.marks.keys() - {each["id"] for each in self.rubrics[given.exercise]}:
            said = f"the rubric has no criterion {name!r}; remove marks.{name}"
            self.source.fault(name, said, *at)
        return marks

    def differ(self, samples: list[keyfile.Sample]) -> None:
        """Check that any two samples tell a careful reader from one who marks all alike."""
        for one, other in combinations(samples, 2):
            if apart(self._shares(one), self._shares(other)) < PLAIN:
                said = f"{one['id']!r} and {other['id']!r} have nearly the same marks"
                said += ", which tells nothing of whoever reads these two; take others"
                self.source.fault("sample", said)

    def _shares(self, sample: keyfile.Sample) -> list[float]:
        return [
            sample["marks"][ref][criterion["id"]] / criterion["levels"][-1]
            for ref, rubric in self.rubrics.items()
            for criterion in rubric
        ]


def _parameters(exercises: Iterable[Exercise]) -> dict[str, dict[str, Any]]:
    """Return what students draw in these exercises, by name."""
    return {
        name: spec
        for exercise in exercises
        for name, spec in exercise.get("parameters", {}).items()
    }


def _values(spec: Mapping[str, Any]) -> str:
    """Return the values of a parameter as a lecturer may write them."""
    values = [f"{value:g}" for value in grid(spec)]
    if words := spec.get("words"):
        values = [f"{value} ({each['uk']})" for value, each in zip(values, words, strict=True)]
    return ", ".join(values if len(values) <= _FEW else [*values[:3], "…", values[-1]])


def begin(path: Path, spec: Spec, exercises: Mapping[str, Exercise]) -> Path | None:
    """Put ``[peer]`` into a specification and a file of samples beside it, where they are missing.

    Parameters
    ----------
    path : Path
        Of the specification.
    spec : Spec
        As it was read, without faults.
    exercises : mapping
        Its exercises, by reference.

    Returns
    -------
    Path or None
        The file of samples to fill in; None when there is one already.
    """
    rule = spec.peer or PeerRule(exercises=[ref for ref in exercises if spec.criteria(ref)])
    samples = path.parent / rule.samples
    if samples.exists() and spec.peer:
        return None
    if not samples.exists():
        words = "".join(_template(spec, rule, exercises))
        write_whole(samples, words.encode())
    if not spec.peer:
        written = path.read_bytes()
        end = b"" if written.endswith(b"\n") else b"\n"
        said = (
            f"{end.decode()}\n[peer]                       # students mark each other's answers\n"
        )
        said += f'samples = "{rule.samples}"     # your sample answers and their marks\n'
        said += "spread = 15                  # percent; reviewers farther apart leave it to you\n"
        write_whole(path, written + said.encode())
    return samples


def _template(spec: Spec, rule: PeerRule, exercises: Mapping[str, Exercise]) -> Iterator[str]:
    yield _HEAD.format(secret=secrets.token_hex(16))
    for name in _NAMES:
        yield f'\n[[sample]]\nid = "{name}"\n'
        drawn = _parameters(exercises[ref] for ref in rule.exercises)
        if drawn:
            yield "# Whose task this sample answers; readers see it with these numbers.\n"
        for parameter, values in drawn.items():
            yield f"numbers.{parameter} = {grid(values)[0]:g}  # {_values(values)}\n"
        for ref in rule.exercises:
            yield f'\n[[sample.answer]]\nexercise = "{ref}"\n'
            tiles = [part["id"] for part in exercises[ref].get("tile", ())]
            yield "".join(f'tiles.{tile} = """\n"""\n' for tile in tiles) or 'text = """\n"""\n'
            yield from map(_row, spec.criteria(ref))


def _row(criterion: Criterion) -> str:
    levels = ", ".join(f"{points:g}" for points in criterion["levels"])
    title = " ".join(next(iter(criterion["title"].values())).split())
    return f"marks.{criterion['id']} = {criterion['levels'][0]:g}  # {levels}: {title}\n"
