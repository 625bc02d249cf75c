"""openacq: a self-hosted library acquisitions server that speaks Alma and WorldShare."""

__version__ = "0.1.0"
