"""Make the branch that a class pulls: notebooks and data, nothing that marks or tells an answer.

``python deploy/slim.py https://hub.example https://git.example/course.git`` puts what the last
commit has of it onto the branch ``class``, as one more commit, and prints the link by which
nbgitpuller brings it to whoever clicks. Neither the working folder nor the current branch changes.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlencode

ROOT = Path(__file__).parent.parent
KEPT = ("notebooks/uk", "notebooks/ru", "datasets", "LICENSE", "LICENSE-texts")
LEFT = ("datasets/make/",)  # programs that say what is to be found in the data
IGNORED = "/answers/\n/.course.json\n/.jupyterlab/\n/graded\n.ipynb_checkpoints/\n"


class SlimError(Exception):
    """What git could not do, in its own words."""


def git(root, *words, index=None, **more):
    """Run git in `root` and return what it printed."""
    who = {"GIT_AUTHOR_NAME": "course", "GIT_AUTHOR_EMAIL": "course@localhost"}
    who |= {"GIT_COMMITTER_NAME": "course", "GIT_COMMITTER_EMAIL": "course@localhost"}
    given = os.environ | who | ({"GIT_INDEX_FILE": index} if index else {})
    done = subprocess.run(
        ["git", "-C", root, *words], env=given, capture_output=True, text=True, **more
    )
    if done.returncode:
        raise SlimError(done.stderr.strip() or f"git {words[0]} failed")
    return done.stdout


def slim(root, branch):
    """Put notebooks and data of the last commit onto `branch`; return the names of its files."""
    listed = git(root, "ls-tree", "-r", "HEAD", "--", *KEPT).splitlines()
    rows = [row for row in listed if not row.partition("\t")[2].startswith(LEFT)]
    ignored = git(root, "hash-object", "-w", "--stdin", input=IGNORED).strip()
    rows.append(f"100644 blob {ignored}\t.gitignore")
    with TemporaryDirectory() as scratch:
        index = f"{scratch}/index"
        git(root, "update-index", "--index-info", index=index, input="\n".join(rows) + "\n")
        tree = git(root, "write-tree", index=index).strip()
    try:
        before = git(root, "rev-parse", "--verify", "-q", f"refs/heads/{branch}").strip()
    except SlimError:
        before = ""
    if not before or git(root, "rev-parse", f"{before}^{{tree}}").strip() != tree:
        parent = ["-p", before] if before else []
        made = git(root, "commit-tree", tree, *parent, "-m", "Notebooks and data").strip()
        git(root, "update-ref", f"refs/heads/{branch}", made)
    return [row.partition("\t")[2] for row in rows]


def link(hub, repository, branch, lang):
    """Return the address that brings the branch to whoever opens it, and shows the first page.

    Examples
    --------
    >>> link("https://hub.example/", "https://git.example/course.git", "class", "uk")[:48]
    'https://hub.example/hub/user-redirect/git-pull?r'
    """
    asked = {
        "repo": repository,
        "branch": branch,
        "targetPath": "course-class",
        "urlpath": f"lab/tree/course-class/notebooks/{lang}/00-start.ipynb",
    }
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked, quote_via=quote)}"


def main(words=None):
    """Make the branch and print what is in it and its links."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("hub", help="address of the hub")
    parser.add_argument("repository", help="address of the repository that students may read")
    parser.add_argument("--branch", default="class")
    given = parser.parse_args(words)
    try:
        names = slim(ROOT, given.branch)
    except SlimError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"branch {given.branch}: {len(names)} files; hand it on:")
    print(f"git push {given.repository} {given.branch}")
    for lang in ("uk", "ru"):
        print(f"{lang}: {link(given.hub, given.repository, given.branch, lang)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
