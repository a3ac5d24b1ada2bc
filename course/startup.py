"""Run by every kernel of ``course lab`` and of the site, named by PYTHONSTARTUP; leaves no name.

Slips are put into words from the first cell on, and the user's own PYTHONSTARTUP runs as ever.
A file beside a notebook is not imported: a lesson that runs when it is opened must take neither a
stranger's course.py nor a bottleneck.py, for which pandas looks whether it is installed or not.
"""

if "" in __import__("sys").path:  # by IPython before 9.7, by Pyodide always
    __import__("sys").path.remove("")
if __import__("importlib.util").util.find_spec(
    "course"
):  # not so in a kernel of another environment
    __import__("course.slips").slips.install()
if __import__("os").path.isfile(__import__("os").environ.get("COURSE_STARTUP", "")):
    with open(__import__("os").environ["COURSE_STARTUP"], encoding="utf-8") as __file:
        exec(compile(__file.read(), __file.name, "exec"))
    del __file
