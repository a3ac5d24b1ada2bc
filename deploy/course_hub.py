"""What every JupyterHub of the course shares: a part of its configuration, loaded by the others.

The user's server is ``course lab``: it copies the course as the user, closes the answers and opens
the menus in the language that the user chose on the form below.
"""

import os

c = get_config()  # noqa: F821 - the hub gives it to every file of its configuration

GRADED = os.environ.get("COURSE_GRADED", "/srv/course/graded")
FORM = """
<label for="course-lang">Мова меню й уроків · Язык меню и уроков</label>
<select class="form-control" id="course-lang" name="lang" autofocus>
  <option value="uk" lang="uk">Українська</option>
  <option value="ru" lang="ru">Русский</option>
</select>
"""


def chosen(form):
    """Return what a user chose; whatever else a browser sends is Ukrainian."""
    lang = (form.get("lang") or ["uk"])[0]
    return {"lang": lang if lang in ("uk", "ru") else "uk"}


def prepare(spawner):
    """Tell the user's server its language and its folder for graded work; it makes the folder."""
    lang = chosen({"lang": [spawner.user_options.get("lang")]})["lang"]
    own = f"{GRADED}/{spawner.user.name.replace('/', '_')}"
    known = {"COURSE_GRADED": own} | dict(spawner.environment)
    spawner.environment = known | {"COURSE_LANG": lang}


c.Spawner.options_form = FORM
c.Spawner.options_from_form = chosen
c.Spawner.pre_spawn_hook = prepare
c.Spawner.cmd = ["course", "lab", "my-course"]
# Between server and kernel no other user of the machine can listen.
c.Spawner.args = ["--KernelManager.transport=ipc"]
c.Spawner.mem_guarantee = "256M"
c.Spawner.setdefault("mem_limit", "1G")  # TLJH has set its own before
c.Spawner.start_timeout = 300  # when a whole class comes at once
c.Spawner.http_timeout = 300
