"""Stands in for `curl` on a machine that has none: the few options the pages use."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import httpx

NO_FILE = "/dev/null"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="curl")
    parser.add_argument("url")
    parser.add_argument("-s", "--silent", action="store_true")
    parser.add_argument("-H", "--header", action="append", default=[])
    parser.add_argument("-d", "--data")
    parser.add_argument("-X", "--request")
    parser.add_argument("-D", "--dump-header")
    parser.add_argument("-o", "--output")
    parser.add_argument("-w", "--write-out", default="")
    asked = parser.parse_args(arguments)
    headers = dict(header.split(": ", 1) for header in asked.header)
    method = asked.request or ("POST" if asked.data else "GET")
    with httpx.Client(trust_env=False, headers={"accept": "*/*"}) as client:
        answer = client.request(method, asked.url, headers=headers, content=_body(asked.data))
    if asked.dump_header:
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        sys.stdout.write(f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}\r\n{head}\r\n")
    if asked.output != NO_FILE:
        sys.stdout.write(answer.text)
    sys.stdout.write(asked.write_out.replace("%{http_code}", str(answer.status_code)).replace("\\n", "\n"))


def _body(data: str | None) -> bytes | None:
    if data is None:
        return None
    if not data.startswith("@"):
        return data.encode()
    return Path(data[1:]).read_bytes().replace(b"\r", b"").replace(b"\n", b"")


if __name__ == "__main__":
    main(sys.argv[1:])
