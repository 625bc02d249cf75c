"""What the rest of the house asks of the ordering desk."""

from openacq.ordering.alerts import in_words
from openacq.ordering.place import place
from openacq.ordering.read import line, review_list

__all__ = ["in_words", "line", "place", "review_list"]
