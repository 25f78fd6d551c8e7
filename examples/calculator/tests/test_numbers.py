"""What counts as a number, and what is said about everything else."""

from decimal import Decimal

import pytest

from example_component import Calculator, CalculatorError, NumberRangeError, Operand


@pytest.mark.parametrize(
    ("operand", "number"),
    [
        (3, "3"),
        (-(10**30), "-1E+30"),
        (0.1, "0.1"),
        (1e22, "1E+22"),
        (Decimal("2.50"), "2.50"),
        ("12.5", "12.5"),
        (" -4 ", "-4"),
        ("+.5e1", "5"),
        ("9" * 1000, "9" * 1000),
        ("1e1000", "1E+1000"),
    ],
)
def test_numbers_are_taken_as_written(operand: Operand, number: str) -> None:
    """Up to 1000 digits and an exponent of 1000."""
    assert Calculator().subtract(operand, 0) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "one", "1,5", "1_000", "0x10", "1e", "--1", "1 1", "٣", "NaN", "Infinity"]
)
def test_other_text_is_refused(text: str) -> None:
    """The message shows it."""
    with pytest.raises(CalculatorError) as caught:
        Calculator().add(text, 1)
    assert str(caught.value) == f"expected a number such as 12.5, found {text!r}"


def test_long_text_is_cut_in_messages() -> None:
    """So that a message stays readable."""
    with pytest.raises(CalculatorError) as caught:
        Calculator().add("x" * 100_000, 1)
    assert str(caught.value) == f"expected a number such as 12.5, found '{'x' * 40}...'"


@pytest.mark.parametrize("operand", [float("inf"), float("-inf"), float("nan"), Decimal("sNaN")])
def test_numbers_must_be_finite(operand: Operand) -> None:
    """Infinities and NaN would make every later answer meaningless."""
    with pytest.raises(CalculatorError, match="expected a finite number"):
        Calculator().add(operand, 1)


@pytest.mark.parametrize(
    "operand", ["9" * 1001, "1e1001", 10**1001, "1e-2500", "1e99999999999999999999"]
)
def test_numbers_beyond_the_limits_are_refused(operand: Operand) -> None:
    """Before any time is spent on them."""
    with pytest.raises(NumberRangeError):
        Calculator().add(operand, 0)
