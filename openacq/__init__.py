"""openacq: a library acquisitions server.

A vendor's shop, a campus script or a patron's form that already talks to Alma or to WorldShare acquisitions
talks to this server unchanged but for the base URL; all of them reach one set of orders.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("openacq")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0.1.0"

__all__ = ["__version__"]
