"""The command line: `openacq serve`, `load`, `key create`, `verify` and the rest.

Commands only read their arguments, call the house and print. Lists print as tables, or as JSON with
`--json`. Exit codes: 0 done; 1 done, but something was refused or differs; 2 wrong usage or settings;
3 the database cannot be used; 4 something else of the machine stands in the way (port, file, disk).
"""

from openacq.cli.main import main

__all__ = ["main"]
