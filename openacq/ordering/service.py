"""What the rest of the house asks of the ordering desk."""

from openacq.ordering.alerts import in_words
from openacq.ordering.funding import LEDGER_KIND
from openacq.ordering.place import place
from openacq.ordering.read import labels, line, line_id, review_list

__all__ = ["LEDGER_KIND", "in_words", "labels", "line", "line_id", "place", "review_list"]
