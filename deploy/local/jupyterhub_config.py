"""A JupyterHub on this machine alone, to try the course as a server: ``deploy/local/start``.

Anybody who knows the password is let in under any name, from this machine only. Started by root,
every user gets a number of his own, and then the system keeps their files apart.
"""

import os
import sys
from pathlib import Path

from jupyterhub.spawner import SimpleLocalProcessSpawner

c = get_config()  # noqa: F821 - the hub gives it to every file of its configuration
state = Path(os.environ["COURSE_HUB"])  # everything that this hub writes
os.environ["COURSE_GRADED"] = str(state / "graded")
load_subconfig(str(Path(__file__).parents[1] / "course_hub.py"))  # noqa: F821 - so is this

FIRST = 20_000  # of the numbers that users get
IDLE = int(os.environ.get("COURSE_IDLE", "3600"))  # seconds without a keystroke


class OwnNumber(SimpleLocalProcessSpawner):
    """A process, a home and a folder for graded work of one user, under a number of his own."""

    home_dir_template = str(state / "homes" / "{username}")

    def number(self):
        """Return the number of this user; a hub that is not root has only its own."""
        return FIRST + self.user.orm_user.id if os.geteuid() == 0 else os.geteuid()

    def make_preexec_fn(self, name):
        """Make the user's folders; return what becomes the user in the new process."""
        number, home = self.number(), Path(self.home_dir)
        for folder in (home, state / "graded" / name.replace("/", "_")):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
            if os.geteuid() == 0:
                os.chown(folder, number, number)

        def become():
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(number)
                os.setuid(number)
            os.chdir(home)

        return become


c.JupyterHub.spawner_class = OwnNumber
c.JupyterHub.log_level = "WARN"  # so that the address and the password stay in sight
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = os.environ["COURSE_PASSWORD"]
c.Authenticator.allow_all = True
c.JupyterHub.bind_url = f"http://127.0.0.1:{os.environ.get('COURSE_PORT', '8000')}"
c.JupyterHub.hub_ip = "127.0.0.1"
c.JupyterHub.hub_port = int(os.environ.get("COURSE_PORT", "8000")) + 81
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{c.JupyterHub.hub_port + 1}"
c.ConfigurableHTTPProxy.command = [str(state / "node_modules/.bin/configurable-http-proxy")]
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{state}/hub.sqlite"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.Spawner.ip = "127.0.0.1"

# Nobody there for so long, and the server ends; answers are on the disk long before.
c.JupyterHub.load_roles = [
    {
        "name": "idle",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle"],
    }
]
c.JupyterHub.services = [
    {
        "name": "idle",
        "command": [
            sys.executable,
            "-m",
            "jupyterhub_idle_culler",
            f"--timeout={IDLE}",
            f"--cull-every={min(IDLE, 600)}",
        ],
    }
]
