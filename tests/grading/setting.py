"""A small assignment with every kind of exercise: its spec, its roster, and the folder they stand in."""

import json

from course.exercises import seal
from course.grading.setting import assignment

SPEC = """id = "quiz"
title.uk = "Контрольна"
title.ru = "Контрольная"
exercises = ["own/own-choice", "own/own-multi", "own/own-order", "own/own-match", "own/own-classify", "own/own-numeric",
             "own/own-value", "own/own-text", "own/own-canvas", "audit/audit-culture-gap"]
opens = 2026-12-01T08:00:00
closes = 2026-12-08T23:59:00
zone = "Europe/Kyiv"
attempts = 3
[late]
percent_per_day = 10
until = 2026-12-10T23:59:00
[[rubric]]
exercise = "own/own-text"
[[rubric.criterion]]
id = "comparison"
title.uk = "Порівняння"
title.ru = "Сравнение"
levels = [0, 1, 2]
[[rubric.criterion.level]]
text.uk = "немає"
text.ru = "нет"
[[rubric.criterion.level]]
text.uk = "є"
text.ru = "есть"
[[rubric.criterion.level]]
text.uk = "чітке"
text.ru = "чёткое"
[[rubric.criterion]]
id = "check"
title.uk = "Перевірка"
title.ru = "Проверка"
levels = [0, 2]
[[rubric.criterion.level]]
text.uk = "ні"
text.ru = "нет"
[[rubric.criterion.level]]
text.uk = "так"
text.ru = "да"
"""
ROSTER = """ПІБ;Група;E-mail;№ залікової книжки
Шевченко Іван Петрович;МК-21;ivan@example.org;17
Ковальчук Марія Іванівна;МК-21;maria@example.org;18
Мельник Олег Тарасович;МК-22;oleg@example.org;66
Гнатюк Олена Олегівна;МК-22;;67
"""


def write_setting(folder, spec=SPEC, roster=ROSTER):
    """Put a spec, a bank and a roster into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    assignment.begin_file(folder / "exercises.toml", "exercises")
    (folder / "spec.toml").write_text(spec, "utf-8")
    (folder / "roster.csv").write_text(roster, "utf-8")
    return folder / "spec.toml", folder / "roster.csv"


def sealed(made):
    """The file of a key or of an assignment that is as the course would have written it."""
    if "ids" in made:
        return json.dumps(made | {"digest": seal(made, "digest", "ids")[:16]})
    return json.dumps(made | {"seal": seal(made, "seal")})
