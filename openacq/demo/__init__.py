"""The demo: a small invented library, and a vendor's shop that orders from it.

`fill` puts the library (data/: register files, MARC, KBART) into an empty database; `openacq serve
--demo` calls it. `python -m openacq.demo` starts such a server, plays a shopping cart into it over
HTTP and shows what became of every title.
"""

from openacq.demo.filling import fill

__all__ = ["fill"]
