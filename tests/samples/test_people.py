"""Invented numbers look real to every check, and belong to nobody. The checks here are python-stdnum's, not ours."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric, uscc

from samples import people
from samples.city import DISTRICTS

SEEDS = st.integers(min_value=0, max_value=2**32)
REGIONS = st.sampled_from(sorted(DISTRICTS.values()))


@given(SEEDS, REGIONS)
def test_a_resident_id_passes_its_check_and_tells_birth_and_sex(seed: int, region: str) -> None:
    one = people.person(Random(seed), date(1920, 1, 1), date(2020, 12, 31), region)
    assert ric.calc_check_digit(one.resident_id) == one.resident_id[-1]
    assert ric.get_birth_date(one.resident_id) == one.born_on
    assert (int(one.resident_id[16]) % 2 == 0) is one.female


@given(SEEDS, REGIONS)
def test_a_company_code_passes_its_check(seed: int, region: str) -> None:
    assert uscc.is_valid(people.company_code(Random(seed), region))


@given(SEEDS)
def test_a_bank_card_passes_luhn(seed: int) -> None:
    card = people.bank_card(Random(seed))
    assert len(card) == 19
    assert luhn.is_valid(card)


@given(SEEDS)
def test_a_mobile_is_eleven_digits_of_the_block_without_subscribers(seed: int) -> None:
    number = people.mobile(Random(seed))
    assert len(number) == 11
    assert number.isdigit()
    assert number.startswith("1748")


def test_no_division_of_the_invented_city_is_in_the_national_list() -> None:
    """python-stdnum carries GB/T 2260: its lookup ends at the province."""
    from stdnum import numdb

    divisions = numdb.get("cn/loc")
    assert "county" in divisions.info("33010219900101001X")[1][1]
    for code in DISTRICTS.values():
        assert all("county" not in found for _, found in divisions.info(f"{code}19900101001X"))
