"""How fast openacq is, beside a floor measured in the same run.

`python -m bench` starts a server of its own on a fresh SQLite file and on a throw-away PostgreSQL, both
durable, and plays orders and look-ups into it over 1, 8 and 32 connections. Between the server's rounds it
measures the *floor*: the least work an order could be for the bare database driver, on the same machine, with
as many connections and the same durability. Machines differ and are rarely quiet; the ratio to the floor says
how much of what the database could do the server passes on.

    floor.py   the unit of the floor, by sqlite3 and psycopg
    cases.py   what is asked of the server
    load.py    the load generator: a process of its own, light, because it shares the machine's cores
    target.py  the server under test, with its registers and the lines it begins with
    measure.py percentiles, CPU time and memory
    packing.py lines packed into purchase orders while orders go on coming in
    sending.py purchase orders of one line and of fifty going out
    rounds.py  the order of rounds, and what they add up to
    report.py  the table on the screen, the JSON file, the page in docs
"""
