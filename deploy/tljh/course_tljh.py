"""What the course needs of The Littlest JupyterHub beside ``course_hub.py``, loaded after it."""

c = get_config()  # noqa: F821 - the hub gives it to every file of its configuration

# Users' programs stand in an environment of their own, which the hub does not search.
c.Spawner.cmd = ["/opt/tljh/user/bin/course", "lab", "my-course"]
