"""The reference pages say what the program says."""

from __future__ import annotations

from tests.docs import coverage, coverage_wms, references


def test_every_reference_page_is_up_to_date() -> None:
    assert references.stale() == [], "run script/new-references"


def test_the_list_of_almas_operations_and_fields_fits_the_program() -> None:
    assert coverage.unlisted() == []


def test_the_list_of_oclcs_operations_and_fields_fits_the_program() -> None:
    assert coverage_wms.unlisted() == []
