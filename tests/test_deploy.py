"""What administrators install: files that parse, settings that fit together, a branch without keys."""

import importlib.util
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import tarfile
import tomllib
import zipfile
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement
from traitlets.config import Config

from course.cli import main as course
from course.exercises import chapters
from course.texts import LANGS

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
SCRIPTS = [DEPLOY / "local/start", DEPLOY / "tljh/install"]


def configured(*names):
    """The configuration that these files make, loaded one after the other as a hub does."""
    c = Config()
    for name in names:
        code = compile((DEPLOY / name).read_text("utf-8"), name, "exec")
        space = {"get_config": lambda: c, "__file__": str(DEPLOY / name)}
        exec(code, space)
    return c, space


def values():
    return yaml.safe_load((DEPLOY / "z2jh/values.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("sent", "spoken"),
    [
        ({"lang": ["ru"]}, "ru"),
        ({"lang": ["uk"]}, "uk"),
        ({}, "uk"),
        ({"lang": []}, "uk"),
        ({"lang": ["en"]}, "uk"),
        ({"lang": ["ru; rm -rf /"]}, "uk"),
    ],
)
def test_the_form_offers_both_languages_and_nothing_else_gets_through(sent, spoken):
    c, _ = configured("course_hub.py")
    assert re.findall('value="(..)"', c.Spawner.options_form) == list(LANGS)
    assert c.Spawner.options_from_form(sent) == {"lang": spoken}
    options = {name: (found or [None])[0] for name, found in sent.items()}  # as its API sends them
    spawner = SimpleNamespace(
        user=SimpleNamespace(name="ivan"), user_options=options, environment={"A": "1"}
    )
    c.Spawner.pre_spawn_hook(spawner)
    assert spawner.environment == {
        "A": "1",
        "COURSE_LANG": spoken,
        "COURSE_GRADED": "/srv/course/graded/ivan",
    }


def test_a_folder_that_the_place_names_outright_is_kept():
    c, _ = configured("course_hub.py")
    spawner = SimpleNamespace(user=SimpleNamespace(name="../ivan"), user_options={}, environment={})
    c.Spawner.pre_spawn_hook(spawner)
    assert spawner.environment["COURSE_GRADED"] == "/srv/course/graded/.._ivan"
    spawner.environment = {"COURSE_GRADED": "/srv/graded"}
    c.Spawner.pre_spawn_hook(spawner)
    assert spawner.environment["COURSE_GRADED"] == "/srv/graded"


def test_the_users_server_is_the_course_and_its_sockets_are_closed():
    for names in (["course_hub.py"], ["course_hub.py", "tljh/course_tljh.py"]):
        c, _ = configured(*names)
        program, *words = c.Spawner.cmd
        assert Path(program).name == "course" and words == ["lab", "my-course"]
        assert c.Spawner.args == ["--KernelManager.transport=ipc"]


def test_a_hub_knows_every_setting():
    spawner = pytest.importorskip("jupyterhub.spawner", reason="jupyterhub is not installed here")
    from jupyterhub.app import JupyterHub

    c, _ = configured("course_hub.py", "tljh/course_tljh.py")
    assert set(c.Spawner) <= set(spawner.Spawner.class_traits(config=True))
    assert set(c.JupyterHub) <= set(JupyterHub.class_traits(config=True))


def test_the_values_are_those_that_the_chart_takes():
    chart = yaml.safe_load((ROOT / "tests/deploy/chart.yaml").read_text("utf-8"))
    jsonschema.validate(values(), chart)
    wrong = values()
    wrong["singleuser"]["memory"]["request"] = "256M"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, chart)


def test_the_values_fit_the_configuration_and_each_other():
    c, _ = configured("course_hub.py")
    user, cull = values()["singleuser"], values()["cull"]
    assert user["memory"] == {"guarantee": c.Spawner.mem_guarantee, "limit": c.Spawner.mem_limit}
    home, folder = user["storage"]["homeMountPath"], user["cmd"][-1]
    assert user["cmd"][:2] == ["course", "lab"] and folder == f"{home}/my-course"
    assert user["lifecycleHooks"]["postStart"]["exec"]["command"] == ["course", "copy", folder]
    (volume,), (mount,) = user["storage"]["extraVolumes"], user["storage"]["extraVolumeMounts"]
    (first,) = user["initContainers"]
    assert first["volumeMounts"] == [mount] and mount["subPath"] == "{username}"
    assert (
        mount["name"] == volume["name"] and mount["mountPath"] == user["extraEnv"]["COURSE_GRADED"]
    )
    claim, pod = yaml.safe_load_all((DEPLOY / "z2jh/graded.yaml").read_text("utf-8"))
    name = volume["persistentVolumeClaim"]["claimName"]
    assert claim["metadata"]["name"] == name and pod["kind"] == "Pod"
    assert pod["spec"]["volumes"][0]["persistentVolumeClaim"]["claimName"] == name
    image = f"{user['image']['name']}:{user['image']['tag']}"
    assert pod["spec"]["containers"][0]["image"] == image
    told = (DEPLOY / "z2jh/Dockerfile").read_text("utf-8")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert f"-t {image} ." in told and user["image"]["tag"] == version
    assert cull["enabled"] and str(cull["timeout"]) in SCRIPTS[1].read_text("utf-8")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.parent.name)
def test_a_script_parses_names_files_that_are_there_and_may_be_run(path):
    words = path.read_text("utf-8")
    if shutil.which("bash") and os.name == "posix":
        subprocess.run(["bash", "-n", path], check=True)
    for name in re.findall(r"(?:\$here/|\$root/deploy/local/)([\w./]+\.py)", words):
        assert (path.parent / name).is_file(), name
    assert os.name != "posix" or path.stat().st_mode & 0o111


def program(folder, name, words):
    """A program that only says what it is asked."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("#!/bin/sh\n" + words + "\n")
    path.chmod(0o755)
    return path


bash = pytest.mark.skipif(
    os.name != "posix" or not shutil.which("bash"), reason="hubs run on Linux"
)


def run(script, folder, **given):
    """Run a script where only the programs of this folder and those of the system are."""
    known = {"PATH": f"{folder}:/usr/bin:/bin", "HOME": str(folder)} | given
    return subprocess.run(["bash", script], env=known, capture_output=True, text=True, timeout=60)


MISSING = [
    ("python3", "echo Python 3.10.12; case $1 in -c) exit 1;; esac", "needs Python 3.11 or newer"),
    ("node", "echo v18.19.1; case $1 in -e) exit 1;; esac", "needs Node.js 20 or newer"),
    ("python3", "case $2 in *venv*) exit 1;; esac", "apt install python3-venv"),
    ("setpriv", "exit 1", "users cannot enter "),
    ("setpriv", "case $6 in */hub) exit 0;; esac; exit 1", "users cannot run this python3"),
]


@bash
@pytest.mark.parametrize(("name", "words", "said"), MISSING, ids=[row[2] for row in MISSING])
def test_what_this_machine_lacks_is_said_before_anything_is_installed(tmp_path, name, words, said):
    programs = tmp_path / "programs"
    for each in ("npm", "node", "python3", "setpriv"):
        program(programs, each, "exit 0")
    program(programs, "id", "echo 0")
    program(programs, name, words)
    done = run(SCRIPTS[0], programs, COURSE_HUB=str(tmp_path / "hub"))
    assert done.returncode == 2 and said in done.stderr and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "hub" / "env").exists()


@bash
def test_users_run_what_is_installed_and_read_nothing_that_the_hub_writes(tmp_path):
    programs, hub = tmp_path / "programs", tmp_path / "hub"
    for each in ("npm", "node", "setpriv"):
        program(programs, each, "exit 0")
    program(programs, "python3", "case $2 in venv) mkdir -p $3/bin;; esac")
    (hub / "env" / "bin").mkdir(parents=True)
    (hub / "hub.sqlite").write_text("of an earlier start")
    (hub / "hub.sqlite").chmod(0o644)
    program(hub / "env" / "bin", "jupyterhub", "umask; echo $COURSE_PASSWORD")
    done = run(SCRIPTS[0], programs, COURSE_HUB=str(hub))
    address, mask, password = done.stdout.splitlines()
    assert address == f"http://127.0.0.1:8000  password: {password}" and len(password) == 12
    assert mask.strip() == "0077" and (hub / "hub.sqlite").stat().st_mode & 0o777 == 0o600
    assert {(hub / name).stat().st_mode & 0o777 for name in ("", "homes", "graded")} == {0o711}


@bash
def test_the_course_goes_onto_tljh_from_the_checkout(tmp_path):
    tljh, told = tmp_path / "tljh", tmp_path / "told"
    programs = tmp_path / "programs"
    program(programs, "tljh-config", f'echo "tljh-config $*" >> {told}')
    given = {"TLJH_INSTALL_PREFIX": str(tljh), "COURSE_GRADED": str(tmp_path / "srv/graded")}
    done = run(SCRIPTS[1], programs, **given)
    assert done.returncode == 2 and "has no TLJH: install it first" in done.stderr
    (tljh / "user").mkdir(parents=True)
    python = program(tljh / "user" / "bin", "python", "echo Python 3.10; exit 1")
    done = run(SCRIPTS[1], programs, **given)
    assert done.returncode == 2 and "needs 3.11 or newer" in done.stderr and not told.exists()
    program(python.parent, "python", f'echo "python $*" >> {told}')
    assert run(SCRIPTS[1], programs, **given).returncode == 0
    lines = told.read_text().splitlines()
    assert f"python -m pip install {ROOT}[hub]" in lines
    assert lines[-1] == "tljh-config reload hub" and "tljh-config set limits.memory 1G" in lines
    assert (tmp_path / "srv/graded").stat().st_mode & 0o7777 == 0o1733
    installed = tljh / "config/jupyterhub_config.d"
    for name in ("course_hub.py", "tljh/course_tljh.py"):
        assert (installed / Path(name).name).read_text() == (DEPLOY / name).read_text()


def test_a_limit_of_memory_that_tljh_has_set_stays():
    c = Config()
    c.Spawner.mem_limit = "2G"
    for name in ("course_hub.py", "tljh/course_tljh.py"):
        code = compile((DEPLOY / name).read_text("utf-8"), name, "exec")
        exec(code, {"get_config": lambda: c})
    assert c.Spawner.mem_limit == "2G"


def test_the_image_has_what_its_parts_call_and_is_built_of_nothing_else():
    told = (DEPLOY / "z2jh/Dockerfile").read_text("utf-8")
    assert re.search(r"apt-get install .*\bgit\b", told) or "nbgitpuller" not in told
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines, "answers, keys and the history stay outside"
    kept = {line[1:] for line in lines if line.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    card = project["project"]
    assert kept == {*wheel, "pyproject.toml", card["readme"], *card["license-files"]}
    assert all((ROOT / name).exists() for name in kept)


def test_a_student_s_server_loads_no_grammar_of_addresses():
    """jsonschema 4.25 brought one, by the way of Jupyter's events: 16 MB of every server."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needs = map(Requirement, project["optional-dependencies"]["hub"])
    (need,) = (need for need in needs if need.name == "jsonschema")
    assert "4.24.1" in need.specifier and "4.25.0" not in need.specifier


# --- the branch that a class pulls -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def slim():
    spec = importlib.util.spec_from_file_location("slim", DEPLOY / "slim.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    target = tmp_path_factory.mktemp("slim") / "course"
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    git = ["git", "-c", "safe.directory=*", "clone", "-q", "--no-checkout", "--shared"]
    done = subprocess.run([*git, ROOT, target], capture_output=True)
    return target if done.returncode == 0 else pytest.skip(done.stderr.decode())


def shown(clone, *words):
    return subprocess.run(["git", "-C", clone, *words], capture_output=True, check=True).stdout


def sentences(value):
    """Every long text below a value of an exercise."""
    if isinstance(value, str):
        return {value} if len(value) > 40 else set()
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(sentences, inner))


def test_the_branch_has_notebooks_and_data_and_no_key(slim, clone):
    names = slim.slim(str(clone), "class")
    listed = shown(clone, "ls-tree", "-r", "--name-only", "-z", "class").decode().strip("\0")
    assert set(listed.split("\0")) == set(names)
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"notebooks", "datasets", "LICENSE", "LICENSE-texts", ".gitignore"}
    assert {name.rpartition(".")[2] for name in names if name.startswith("notebooks")} == {"ipynb"}
    assert not [name for name in names if re.search(r"\.(py|toml)$|TRUTHS|datasets/make", name)]
    assert {f"notebooks/{lang}/05-levels.ipynb" for lang in LANGS} <= set(names)
    with tarfile.open(fileobj=io.BytesIO(shown(clone, "archive", "class", "notebooks"))) as archive:
        files = [archive.extractfile(item) for item in archive if item.isfile()]
        books = [json.loads(file.read())["cells"] for file in files]
    said = "\n".join("".join(cell["source"]) for book in books for cell in book)
    said += "".join(sentences([cell.get("outputs") for book in books for cell in book]))
    secret = set()
    for chapter in chapters().values():
        for exercise in chapter.exercises.values():
            fields = ("solution", "right", "answer", "slip", "confusion")
            secret |= sentences([exercise.raw.get(field) for field in fields])
            secret |= sentences([part.get("why") for part in exercise.raw.get("option", [])])
    assert len(secret) > 1000
    assert not [words for words in secret if words in said]
    assert "/answers/" in shown(clone, "show", "class:.gitignore").decode()


def test_made_again_it_grows_by_nothing_and_leaves_the_checkout_alone(slim, clone):
    head, status = shown(clone, "rev-parse", "HEAD"), shown(clone, "status", "--porcelain")
    slim.slim(str(clone), "again")
    first = shown(clone, "rev-parse", "again")
    slim.slim(str(clone), "again")
    assert shown(clone, "rev-parse", "again") == first
    assert (shown(clone, "rev-parse", "HEAD"), shown(clone, "status", "--porcelain")) == (
        head,
        status,
    )


def test_the_link_brings_the_branch_and_opens_the_first_page(slim):
    from urllib.parse import parse_qs, urlsplit

    address = urlsplit(
        slim.link("https://hub.example/", "https://git.example/a b.git", "class", "ru")
    )
    asked = {name: found for name, (found,) in parse_qs(address.query).items()}
    assert (address.netloc, address.path) == ("hub.example", "/hub/user-redirect/git-pull")
    assert asked["repo"] == "https://git.example/a b.git" and asked["branch"] == "class"
    assert asked["urlpath"] == f"lab/tree/{asked['targetPath']}/notebooks/ru/00-start.ipynb"


def test_what_git_refuses_is_said(slim, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(slim, "ROOT", tmp_path)
    assert slim.main(["https://hub.example", "https://git.example/course.git"]) == 2
    assert "not a git repository" in capsys.readouterr().err


# --- the guide ---------------------------------------------------------------------------------------------

GUIDES = [ROOT / "docs" / f"server.{lang}.md" for lang in LANGS]
EXAMPLE = ROOT / "examples" / "rm-quiz"


def blocks(path):
    return re.findall(r"^```(\w*)\n(.*?)^```$", path.read_text("utf-8"), re.M | re.S)


def class_of(top):
    """A folder for each student of the example, under the name before the @, with what was handed in."""
    roster = (EXAMPLE / "roster.csv").read_bytes().decode("cp1251")
    users = {number: user for user, number in re.findall(r"(st\d\d)@[^;]*;(24\d{4})", roster)}
    for user in users.values():
        (top / user).mkdir(parents=True)
    return users


def hand_in(top, users):
    with zipfile.ZipFile(EXAMPLE / "submissions.zip") as archive:
        for name in archive.namelist():
            number = re.search(r"rm-quiz-1-(\d+)\.jsonl$", name)
            if number and number[1] in users:
                folder = top / users[number[1]] / "rm-quiz-1"
                (folder / f"{number[1]}.jsonl").write_bytes(archive.read(name))


@pytest.mark.skipif(os.name != "posix", reason="hubs run on Linux")
def test_every_command_of_the_guide_answers_what_is_printed(tmp_path, monkeypatch, capsys):
    work, top = tmp_path / "quiz", tmp_path / "graded"
    shutil.copytree(EXAMPLE, work)
    monkeypatch.chdir(work)
    users, said, ran = class_of(top), "", []
    for kind, block in blocks(GUIDES[0]):
        if kind == "sh":
            for line in block.splitlines():
                program, *words = shlex.split(line.replace("/srv/course/graded", str(top)))
                assert program == "course" and course(words) == 0, line
                ran.append(" ".join(words[:2]))
                if ran[-1] == "hub hand-out":
                    hand_in(top, users)
            said = "".join(capsys.readouterr())
        elif kind == "text":
            assert block.strip() in said.splitlines()
    assert {"hub hand-out", "hub collect", "hub give-back"} <= set(ran)


def test_both_guides_have_the_same_commands_rows_and_numbers():
    shape = []
    for path in GUIDES:
        said = path.read_text("utf-8")
        shape.append(
            {
                "blocks": blocks(path),
                "headings": re.findall(r"^(#+ \d*)", said, re.M),
                "rows": len(re.findall(r"^\|", said, re.M)),
                "questions": len(re.findall(r"^\*\*", said, re.M)),
                "numbers": sorted(re.findall(r"\d+(?:,\d+)*", said)),
            }
        )
        for name in re.findall(r"(?:\]\(|`)([\w./-]+\.md)\)", said):
            assert (path.parent / name).is_file(), name
        for name in re.findall(r"\bdeploy/[\w./]+\w", said):
            assert (ROOT / name).exists(), name
        assert set(re.findall(r"`course (\w+)`", said)) == {"copy", "lab", "grade"}
    assert shape[0] == shape[1]
