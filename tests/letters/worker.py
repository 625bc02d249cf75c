"""A sender in a process of its own, to be killed: `-m tests.letters.worker DATABASE INSTITUTION PORT`."""

from __future__ import annotations

import sys

from openacq.jobs.letters import Ways, send_some
from openacq.letters.service import MailServer
from openacq.store import Store
from tests.letters.post_office import SENDER


def main() -> None:
    url, institution, port = sys.argv[1:]
    server = MailServer("127.0.0.1", int(port), SENDER, tls="none", seconds=10)
    store = Store(url)
    while send_some(store, [int(institution)], Ways(server)):
        pass
    store.close()


if __name__ == "__main__":
    main()
