"""Files as people have them go through ``imbgan describe``, and nothing in them is called what it is not."""

import pytest
from tests.data.people import FILES

#: Columns that tell persons or rows apart, or are made to look so.
IDENTIFIERS = {
    "Kundennr",
    "Filiale",
    "Konto",
    "ref",
    "zip",
    "phone",
    "siren",
    "long",
    "code",
    "Account",
    "Visits",
}
LEARNED = {
    "Umsatz",
    "Rabatt",
    "Einwohner",
    "Saldo",
    "Betrag",
    "Montant",
    "Kwota",
    "Balance",
    "population",
    "Amount",
    "income",
    "price",
    "salary",
    "age",
    "金額",
    "Fee",
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_money_and_dates_are_no_identifiers(imbgan, tmp_path, file):
    (tmp_path / file.name).write_bytes(file.data)
    result = imbgan("describe", tmp_path / file.name, "-t", file.target, *file.command_line, "--json", "-")
    assert result.code == 0
    kinds = {column["name"]: column["kind"] for column in result.json["columns"]}
    identifiers = {name for name, kind in kinds.items() if kind == "identifier"}
    assert identifiers <= IDENTIFIERS
    assert not identifiers & LEARNED
    assert {name for name, kind in file.kinds.items() if kind in ("date", "datetime", "time")}.isdisjoint(identifiers)
    assert result.json["next"].startswith("imbgan compare")
