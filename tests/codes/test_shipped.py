"""The tables that come with the server say what orders, invoices and people need them to say."""

from __future__ import annotations

import pytest

from openacq.codes import registry

NAMES_CLIENTS_ASK_FOR = """
PurchaseType POLineStatus AcquisitionMethod AcqItemSourceType VendorReferenceNumberType
VendorSearchStatusFilter RenewalCycle PhysicalMaterialType electronicMaterialType ItemPolicy
PR_CitationType PR_RejectReasons PR_RequestedFormat PPRSourceType PurchaseRequestStatus Currency_CT
FundType HfundLedger.status HFundsTransactionItem.reportingCode SecondReportingCode ThirdReportingCode
InvoiceStatus InvoiceApprovalStatus InvoiceCreationForm InvoiceLinesTypes InvoiceLineStatus PaymentMethod
WorkbenchPaymentMethod PaymentStatus VATType ShippingMethod EdiType EDINamingConvention EdiPreference
FTPMode FTPSend UserIdentifierTypes UserAddressTypes UserEmailTypes UserPhoneTypes UserGroups
UserPreferredLanguage CountryCodes NoteTypes HLocation.locationType HFrUserRoles.roleType BooleanYesNo
WebhookEvents WebhooksActionType POLineCancellationReasons AccessModel FourthReportingCode
FifthReportingCode
"""


def test_every_table_a_client_may_ask_for_is_there() -> None:
    assert [name for name in NAMES_CLIENTS_ASK_FOR.split() if name not in registry.shipped()] == []


def test_each_file_is_named_after_its_table_and_each_code_comes_once() -> None:
    for name, table in registry.shipped().items():
        assert name == table.name
        assert table.description
        codes = [row.code for row in table.rows]
        assert len(codes) == len(set(codes)), name
        assert all(row.description for row in table.rows), name
        assert sum(row.default for row in table.rows) <= 1, name
        assert table.scope in {"institution", "library"}
        assert table.sub_system in registry.shipped()["SubSystems"].by_code


def test_every_line_type_says_how_it_continues_and_what_inventory_it_makes() -> None:
    for row in registry.shipped()["PurchaseType"].rows:
        assert row.attributes["continuity"] in {"one_time", "continuous", "standing"}, row.code
        assert row.attributes["inventory"] in {"physical", "portfolio", "collection", "none"}, row.code
        assert row.attributes["material"], row.code


@pytest.mark.parametrize(
    ("code", "continuity", "inventory"),
    [
        ("PRINTED_BOOK_OT", "one_time", "physical"),
        ("PRINTED_JOURNAL_CO", "continuous", "physical"),
        ("PRINT_SO_NONMON", "standing", "physical"),
        ("E_BOOK_OT", "one_time", "portfolio"),
        ("ELECTRONIC_COLLECTION_CO", "continuous", "collection"),
        ("ACCESS_SERVICE_CO", "continuous", "none"),
    ],
)
def test_line_types(code: str, continuity: str, inventory: str) -> None:
    row = registry.shipped()["PurchaseType"].by_code[code]
    assert (row.attributes["continuity"], row.attributes["inventory"]) == (continuity, inventory)
    assert row.enabled


def test_packages_are_described_but_no_longer_ordered() -> None:
    assert not registry.shipped()["PurchaseType"].by_code["E_BOOK_PKG_OT"].enabled


def test_every_acquisition_method_answers_the_same_four_questions() -> None:
    for row in registry.shipped()["AcquisitionMethod"].rows:
        for question in ("sends_to_vendor", "needs_fund", "encumbers", "no_charge_allowed"):
            assert row.attributes[question] in {"true", "false"}, (row.code, question)


def test_only_three_methods_allow_no_charge_and_the_vendor_system_is_the_default() -> None:
    table = registry.shipped()["AcquisitionMethod"]
    free = {row.code for row in table.rows if row.attributes["no_charge_allowed"] == "true"}
    assert free == {"APPROVAL", "PURCHASE", "VENDOR_SYSTEM"}
    assert table.default is table.by_code["VENDOR_SYSTEM"]


def test_what_is_not_confirmed_says_so() -> None:
    statuses = registry.shipped()["POLineStatus"].by_code
    assert statuses["DEFERRED"].attributes["mark"] == "unconfirmed"
    assert "mark" not in statuses["INREVIEW"].attributes


def test_currencies_are_those_in_use_with_their_coins() -> None:
    currencies = registry.shipped()["Currency_CT"].by_code
    assert currencies["USD"].description == "US Dollar"
    assert currencies["JPY"].attributes["decimals"] == "0"
    assert currencies["KWD"].attributes["decimals"] == "3"
    assert "DEM" not in currencies
    assert "XXX" not in currencies
    assert set(registry.shipped()["CurrencySubset"].by_code) <= set(currencies)


def test_countries_have_three_letters() -> None:
    countries = registry.shipped()["CountryCodes"].by_code
    assert countries["CHE"].description == "Switzerland"
    assert all(len(code) == 3 for code in countries)
    assert len(countries) == 249


@pytest.mark.parametrize("name", ["AccessModel", "Access Model", "access model", "ACCESSMODEL"])
def test_a_table_is_found_by_its_other_names_and_in_any_case(name: str) -> None:
    assert registry.name_of(name) == "AccessModel"


def test_an_unknown_table_is_not_found() -> None:
    assert registry.name_of("NoSuchTable") is None
