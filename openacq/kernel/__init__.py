"""The ground everything stands on: money, time, names of things, refusals and state tables.

Nothing here knows of databases, HTTP or libraries; every module can be read and tested alone.
"""
