"""Lets a Python driver leave a report of how it ended. Python imports this module by its name when it starts.

The folder of this file is on the PYTHONPATH that spark-submit gets (see driverHook.ts). Before the program begins, every
trace of that is removed: the folder from sys.path and from the environment, this module from sys.modules. A sitecustomize
of the user's is imported in its place. Python workers, which the JVM of a local master starts with the same environment,
get the removal alone.
"""

import os
import sys


def restore(folder):
    kept = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each != folder]
    if kept and kept != [""]:
        os.environ["PYTHONPATH"] = os.pathsep.join(kept)
    else:
        os.environ.pop("PYTHONPATH", None)
    sys.path[:] = [each for each in sys.path if each != folder]
    sys.path_importer_cache.pop(folder, None)
    for name in ("sitecustomize", "driver_report"):
        sys.modules.pop(name, None)


def is_driver():
    return "PYSPARK_GATEWAY_PORT" in os.environ and "SPARKDECK_LAUNCH" in os.environ


try:
    if is_driver():
        import driver_report

        driver_report.install(os.environ["SPARKDECK_LAUNCH"])
except Exception:
    pass  # The driver runs without a report, and its output is read instead.
finally:
    restore(os.path.dirname(__file__))

import sitecustomize  # noqa: E402  The next one on the path. Where there is none, site.py takes the ImportError for that.
