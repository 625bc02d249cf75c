"""`python -m openacq` is the program `openacq`."""

from openacq.cli import main

if __name__ == "__main__":
    main(prog_name="openacq")
