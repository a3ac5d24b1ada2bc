"""Readers: folders, Moodle's archives, nbgrader's trees; whose file it is; one file at a time, nothing unpacked."""

import io
import os
import struct
import zipfile

import pytest

from course.grading import intake
from course.grading.intake import Refused, archive, listed, source, suspect
from course.grading.intake.archive import Archive
from course.grading.intake.folder import Folder
from course.grading.intake.owners import Owners

PEOPLE = [
    ("17", "Шевченко Іван Петрович"),
    ("18", "Ковальчук Марія Іванівна"),
    ("19", "Шевченко Олег Петрович"),
    ("s20", "Мельник О’Ніл"),
    ("21", "Лук'яненко Ольга Іванівна"),
    ("22", "Королёв Семён"),
    ("23", "Нечуй-Левицька Анна"),
    ("24", "Коваль Ірина"),
    ("25", "Гончар В. П."),
]


@pytest.fixture
def owners():
    return Owners("quiz", PEOPLE)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("Шевченко Іван_4711_assignsubmission_file_/quiz-17.jsonl", "17"),
        ("Іван Шевченко_4711_assignsubmission_file_/будь-що.jsonl", "17"),
        ("Шевченко Іван Петрович_4711_assignsubmission_file/quiz-18.jsonl", "17"),
        ("Ковальчук Марія_12_assignsubmission_file_quiz-17.jsonl", "18"),
        ("18/quiz/Шевченко Іван_4711_assignsubmission_file_x.jsonl", "18"),  # as a student named it
        ("Ковальчук Марія_12_assignsubmission_file_/17/quiz/x.jsonl", "18"),
        ("Контрольна 1/МК-21/Ковальчук Марія_12_assignsubmission_file_/x.jsonl", "18"),
        ("О'Ніл Мельник_9_assignsubmission_file_/x.jsonl", "s20"),
        ("ШЕВЧЕНКО ІВАН_1_assignsubmission_file_/x.jsonl", "17"),
        ("Шевченко Петрович_1_assignsubmission_file_/x.jsonl", None),  # two brothers
        ("Шевченко_1_assignsubmission_file_/x.jsonl", None),
        ("Королёв_1_assignsubmission_file_/x.jsonl", None),  # one word may be anybody's
        ("Ольга_1_assignsubmission_file_/x.jsonl", None),
        ("Іван Петрович Коваленко_1_assignsubmission_file_/x.jsonl", None),  # of another group
        ("Марія Іванівна Ковальчук-Шевченко_1_assignsubmission_file_/x.jsonl", None),
        ("Ivan Shevchenko_1_assignsubmission_file_/x.jsonl", None),
        ("Шевченко, Іван_1_assignsubmission_file_/x.jsonl", "17"),
        ("Шевченко Іван (МК-21)_1_assignsubmission_file_/x.jsonl", "17"),
        ("Шевченко Іван [МК-21 денна]_1_assignsubmission_file/x.jsonl", "17"),
        ("Шевченко Іван МК-21_1_assignsubmission_file_/x.jsonl", "17"),
        ("Шевченко І. П._1_assignsubmission_file_/x.jsonl", "17"),
        ("Шевченко І.П._1_assignsubmission_file_/x.jsonl", "17"),
        ("Шевченко П._1_assignsubmission_file_/x.jsonl", None),  # nobody's first letters
        ("Лукяненко Ольга_1_assignsubmission_file_/x.jsonl", "21"),  # Moodle takes ' and ` out
        ("Лук’яненко Ольга_1_assignsubmission_file_/x.jsonl", "21"),
        ("Королев Семен_1_assignsubmission_file_/x.jsonl", "22"),
        ("Нечуй - Левицька Анна_1_assignsubmission_file_/x.jsonl", "23"),
        ("Нечуй–Левицька Анна_1_assignsubmission_file_/x.jsonl", "23"),
        (
            "Koвaль Ірина_1_assignsubmission_file_/x.jsonl",
            "24",
        ),  # Latin letters among the Cyrillic ones
        ("Коваль І._1_assignsubmission_file_/x.jsonl", "24"),
        ("Гончар Вікторія Петрівна_1_assignsubmission_file_/x.jsonl", "25"),
        ("Гончар В_1_assignsubmission_file_/x.jsonl", "25"),
        ("17/quiz/x.jsonl", "17"),
        ("submitted/18/quiz/answers/quiz.jsonl", "18"),
        ("17/other/x.jsonl", None),
        ("99/quiz/x.jsonl", None),
        ("quiz-17.jsonl", None),
        ("quiz/17.jsonl", None),
    ],
)
def test_the_folder_around_a_file_says_whose_it_is(owners, name, student):
    assert owners.of(name) == student


@pytest.mark.parametrize(
    ("folder", "student"),
    [
        ("МР-31-Шевченко Іван_4711", "1"),
        ("МР-31-Іван Шевченко_4711", "1"),
        ("МР-31-Бойко Іван Петрович_4711", None),  # not on the roster; Кравець has his other names
        ("МР-31-Кравець Іван Петрович_4711", "2"),
        ("МР 31-1-Бондар-Коваль Остап_4711", "3"),
        ("Маркетологи-Бондар-Коваль Остап_4711", "3"),
        ("маркетологи-Шевченко Іван_4711", "1"),
        ("Бондар-Коваль Остап МР-31_4711", "3"),
        ("Лис-Шевченко Іван_4711", None),  # a surname of two parts is no group
        ("МР-31_17", None),  # work of a whole group
        ("Учасник_4711", None),  # names hidden from the marker
    ],
)
def test_the_group_before_a_name_is_no_part_of_it(folder, student):
    """Moodle up to 4.0 writes it there when a group is chosen."""
    named = ["Шевченко Іван", "Кравець Іван Петрович", "Бондар-Коваль Остап"]
    groups = ["МР-31", "МР-31", "Маркетологи"]
    people = [(str(n), *row) for n, row in enumerate(zip(named, groups, strict=True), 1)]
    for end in ("_assignsubmission_file_/a.jsonl", "_assignsubmission_file_a.jsonl"):
        assert Owners("quiz", people).of(folder + end) == student


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("quiz-17.jsonl", "17"),
        ("a/b/quiz-17 (1).jsonl", "17"),
        ("quiz-17_2.jsonl", "17"),
        ("quiz-s20.jsonl.txt", "s20"),
        ("quiz-99.jsonl", None),
        ("other-17.jsonl", None),
        ("17.jsonl", None),
    ],
)
def test_the_name_of_a_file_may_help(owners, name, student):
    assert owners.by_file_name(name) == student


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("a.jsonl", None),
        ("a.JSONL", None),
        ("a.jsonl.txt", None),
        ("a", None),
        ("Прізвище Ім'я_1_assignsubmission_file_/я.jsonl", None),
        ("конспект.jsonl", None),
        ("con/a.jsonl", "path"),
        ("a/com1.jsonl", "path"),
        ("console.jsonl", None),
        ("/a.jsonl", "path"),
        ("c:a.jsonl", "path"),
        ("..", "path"),
        ("a/../b.jsonl", "path"),
        ("a..b.jsonl", None),
        ("a\\b.jsonl", "path"),
        ("a\nb.jsonl", "path"),
        ("a.docx", "wrong-file"),
        ("a.zip", "nested-archive"),
        ("a.tar.gz", "nested-archive"),
        ("a\u202e.jsonl", None),
    ],
)
def test_what_a_name_alone_rules_out(name, flag):
    assert suspect(name) == flag


def packed(path, files, **style):
    with zipfile.ZipFile(path, "w", **({"compression": zipfile.ZIP_DEFLATED} | style)) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


FILES = {
    "а/quiz-17.jsonl": b"one" * 999,
    "quiz-18.jsonl": b"",
    "b/c/quiz-19.jsonl": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("style", [{}, {"compression": zipfile.ZIP_STORED}, {"compresslevel": 9}])
def test_a_folder_and_an_archive_give_the_same(tmp_path, style):
    for name, data in FILES.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(data)
    for place in (tmp_path / "in", packed(tmp_path / "x.zip", FILES, **style)):
        assert {entry.name: source(place).read(entry) for entry in source(place).entries()} == FILES


def test_an_archive_written_as_a_stream_is_read(tmp_path):
    """Moodle does not know the sizes when it writes an entry; they stand in the directory only."""

    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    pipe = Pipe()
    packed(pipe, FILES)
    (tmp_path / "x.zip").write_bytes(pipe.getvalue())
    files = Archive(tmp_path / "x.zip")
    assert {entry.name: files.read(entry) for entry in files.entries()} == FILES


def test_sizes_and_places_of_64_bits_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, data in FILES.items():
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(data)
    data = bytearray((tmp_path / "x.zip").read_bytes())
    place = data.index(b"PK\1\2")
    name, size, offset = (
        struct.unpack_from(style, data, place + at)[0]
        for style, at in (("<H", 28), ("<I", 24), ("<I", 42))
    )
    wide = struct.pack("<HHQQQ", 1, 24, size, size, offset)
    struct.pack_into("<II", data, place + 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", data, place + 30, len(wide))
    struct.pack_into("<I", data, place + 42, 0xFFFFFFFF)
    data[place + 46 + name : place + 46 + name] = wide
    end = data.rindex(b"PK\5\6")
    struct.pack_into("<I", data, end + 12, struct.unpack_from("<I", data, end + 12)[0] + len(wide))
    (tmp_path / "x.zip").write_bytes(data)
    files = Archive(tmp_path / "x.zip")
    assert {entry.name: files.read(entry) for entry in files.entries()} == FILES


def test_a_zip64_field_that_breaks_off_spoils_the_archive(tmp_path):
    data = bytearray(
        packed(
            tmp_path / "x.zip", {"17/quiz/a.jsonl": b"one", "17/quiz/b.jsonl": b"two"}
        ).read_bytes()
    )
    place = data.index(b"PK\1\2")
    struct.pack_into("<I", data, place + 24, 0xFFFFFFFF)  # the size stands in the zip64 field …
    field = struct.pack("<HH", 1, 8) + b"\0\0\0"  # … of which three bytes of eight are there
    struct.pack_into("<H", data, place + 30, len(field))
    name = struct.unpack_from("<H", data, place + 28)[0]
    data[place + 46 + name : place + 46 + name] = field
    end = data.rindex(b"PK\5\6")
    struct.pack_into("<I", data, end + 12, struct.unpack_from("<I", data, end + 12)[0] + len(field))
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(Refused, match="bad-archive"):
        Archive(tmp_path / "x.zip")


def test_what_machines_leave_behind_is_passed_over(tmp_path):
    noise = dict.fromkeys(
        [
            "__MACOSX/._quiz-17.jsonl",
            ".DS_Store",
            "a/Thumbs.db",
            "assignment.json",
            "17/quiz/timestamp.txt",
            "17/quiz/submission_secret.txt",
        ],
        b"x",
    )
    for name, data in noise.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(data)
    assert not list(Folder(tmp_path / "in").entries())
    assert not list(Archive(packed(tmp_path / "x.zip", noise)).entries())


def test_the_sheet_and_its_data_may_lie_beside_an_answer_file(tmp_path):
    names = [
        "17/quiz/quiz-uk.ipynb",
        "d/x.csv",
        "Іван_1_assignsubmission_onlinetext_/onlinetext.html",
    ]
    found = Archive(packed(tmp_path / "x.zip", dict.fromkeys(names, b"x"))).entries()
    assert [(entry.name, entry.flag) for entry in found] == [(name, "beside") for name in names]


def test_nothing_is_unpacked(tmp_path, monkeypatch):
    path = packed(tmp_path / "x.zip", FILES)
    opened = []
    real = open

    def watch(path, mode="r", *more, **named):
        opened.append(mode)
        return real(path, mode, *more, **named)

    monkeypatch.setattr("builtins.open", watch)
    files = Archive(path)
    assert len([files.read(entry) for entry in files.entries()]) == 3
    assert set(opened) == {"rb"} and os.listdir(tmp_path) == ["x.zip"]


def test_a_class_of_ten_thousand_is_listed_in_little_memory(tmp_path):
    files = {
        f"Прізвище{n} Ім'я_{n}_assignsubmission_file_/quiz-{n}.jsonl": b"x" for n in range(10_000)
    }
    entries = list(
        Archive(packed(tmp_path / "x.zip", files, compression=zipfile.ZIP_STORED)).entries()
    )
    assert len(entries) == 10_000 and not any(entry.flag for entry in entries)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6", b"PK\5\6" + b"\xff" * 18, b"x" * 100_000])
def test_what_is_no_archive_is_refused_whole(tmp_path, data):
    (tmp_path / "x.zip").write_bytes(data)
    with pytest.raises(Refused):
        list(source(tmp_path / "x.zip").entries())


def test_nothing_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError):
        source(tmp_path / "none.zip")


def test_a_file_that_grew_or_went_meanwhile_is_refused(tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_bytes(b"x" * 100)
    files = Folder(tmp_path)
    (entry,) = files.entries()
    monkeypatch.setattr(intake, "LARGEST", 99)
    with pytest.raises(Refused, match="too-large"):
        files.read(entry)
    (tmp_path / "a.jsonl").unlink()
    with pytest.raises(Refused, match="unreadable"):
        files.read(entry)


# --- limits ---------------------------------------------------------------------------------------------------------
def test_a_bomb_is_known_by_its_ratio_however_small_it_is(tmp_path):
    files = {f"{n}.jsonl": bytes(size) for n, size in enumerate((1_000, 100_000, 1_000_000))}
    entries = Archive(packed(tmp_path / "x.zip", files)).entries()
    assert [entry.flag for entry in entries] == [None, "too-large", "too-large"]


def test_no_archive_costs_more_than_a_limit_in_all(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "TOTAL", 250)
    files = {f"{n}.jsonl": os.urandom(100) for n in range(4)}
    entries = Archive(packed(tmp_path / "x.zip", files)).entries()
    assert [entry.flag for entry in entries] == [None, None, "too-large", "too-large"]


def test_no_archive_names_more_files_than_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "FILES", 3)
    Archive(packed(tmp_path / "x.zip", {f"{n}.jsonl": b"" for n in range(3)}))
    with pytest.raises(Refused, match="too-many"):
        Archive(packed(tmp_path / "y.zip", {f"{n}.jsonl": b"" for n in range(4)}))


def test_of_one_student_only_so_many_files_are_read_and_always_the_same(
    tmp_path, owners, monkeypatch
):
    monkeypatch.setattr(intake, "MOST", 3)
    folder = "Шевченко Іван_1_assignsubmission_file_"
    names = (
        [f"{folder}/{n}.jsonl" for n in range(5)]
        + [f"x{n}.jsonl" for n in range(9)]
        + [f"{folder}/a.docx"]
    )
    for order in (names, names[::-1]):
        files = Archive(packed(tmp_path / "x.zip", dict.fromkeys(order, b"x")))
        flags = {entry.name: entry.flag for entry in listed(files, owners)}
        assert [flags[name] for name in names[:5]] == [None, None, None, "too-many", "too-many"]
        assert not any(flags[name] for name in names[5:14])


@pytest.mark.parametrize("encoding", ["utf-8", "cp866", "cp437"])
def test_a_name_is_read_in_the_letters_it_was_written_in(tmp_path, encoding):
    name = {"cp437": "Muller_ü.jsonl"}.get(encoding, "Шевченко.jsonl")
    held = "x" * len(name.encode(encoding))
    data = (
        packed(tmp_path / "x.zip", {held: b"one"})
        .read_bytes()
        .replace(held.encode(), name.encode(encoding))
    )
    (tmp_path / "x.zip").write_bytes(data)
    (entry,) = Archive(tmp_path / "x.zip").entries()
    assert encoding == "cp437" or entry.name == name
    assert Archive(tmp_path / "x.zip").read(entry) == b"one"


def test_an_encrypted_file_is_flagged_and_not_asked_for_a_password(tmp_path):
    data = bytearray(packed(tmp_path / "x.zip", {"a.jsonl": b"one"}).read_bytes())
    for sign, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(sign) + place] |= 1
    (tmp_path / "x.zip").write_bytes(data)
    assert [entry.flag for entry in Archive(tmp_path / "x.zip").entries()] == ["bad-archive"]


@pytest.mark.parametrize("student", ["ivan@example.org", "КВ 12", "a_b"])
def test_the_name_that_the_notebook_gives_a_file_is_known_again(student):
    owners = Owners("quiz", [(student, "Шевченко Іван")])
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in student)
    assert owners.by_file_name(f"quiz-{safe}.jsonl") == student
