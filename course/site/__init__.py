"""The course as a static site: JupyterLite, with Python in the learner's browser and no server.

One build serves both languages: ``lab-uk/`` and ``lab-ru/`` are two small doors to the same files,
each with its menus. What the learner does stays in the storage of the browser; the first page reads
it there, to hand it over as one file and to take such a file in.
"""


class SiteError(Exception):
    """What keeps the site from being built, in a sentence for the person at the command line."""
