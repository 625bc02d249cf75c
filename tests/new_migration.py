"""`script/new-migration REVISION MESSAGE`: draft a migration against an empty database."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from openacq.store import Store, migrate
from tests.tables import every_table


def main() -> None:
    revision, message = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'draft.db'}")
        migrate.upgrade(store)
        migrate.draft(store, every_table(), message, revision)
        store.close()


if __name__ == "__main__":
    main()
