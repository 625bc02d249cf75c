"""The door through which files come in: registers, MARC records, KBART title lists."""
