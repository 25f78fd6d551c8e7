"""The four operations, held against fractions and against numbers worked out by hand."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest

from example_component import (
    Calculator,
    CalculatorError,
    DivisionByZeroError,
    NumberRangeError,
    Operand,
)

Operation = Callable[[Operand, Operand], Decimal]

NUMBERS = ["0", "1", "-1", "0.1", "0.2", "-0.3", "1e-20", "123456789.987654321", "-7e30"]
PAIRS = list(product(NUMBERS, repeat=2))


@pytest.fixture
def calculator() -> Calculator:
    """A calculator with its default precision."""
    return Calculator()


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_sum_difference_and_product_are_exact(
    calculator: Calculator, left: str, right: str
) -> None:
    """Fractions compute the same without any rounding."""
    a, b = Fraction(left), Fraction(right)
    assert Fraction(calculator.add(left, right)) == a + b
    assert Fraction(calculator.subtract(left, right)) == a - b
    assert Fraction(calculator.multiply(left, right)) == a * b


@pytest.mark.parametrize(("left", "right"), [pair for pair in PAIRS if pair[1] != "0"])
def test_quotient_is_the_nearest_number_of_that_precision(left: str, right: str) -> None:
    """The error is at most half a unit of the last digit that is kept."""
    exact = Fraction(left) / Fraction(right)
    quotient = Calculator(precision=10).divide(left, right)
    unit_in_last_place = Fraction(10) ** (quotient.adjusted() - 9)
    assert abs(Fraction(quotient) - exact) <= unit_in_last_place / 2


@pytest.mark.parametrize(
    ("precision", "left", "right", "quotient"),
    [
        (28, "1", "3", "0." + "3" * 28),
        (28, "2", "3", "0." + "6" * 27 + "7"),
        (3, "1", "3", "0.333"),
        (2, "1", "8", "0.12"),
        (2, "3", "8", "0.38"),
        (28, "15", "3", "5"),
        (28, "-6", "4", "-1.5"),
    ],
)
def test_quotients_worked_out_by_hand(precision: int, left: str, right: str, quotient: str) -> None:
    """1/8 = 0.125 and 3/8 = 0.375: the half goes to the even digit."""
    assert str(Calculator(precision).divide(left, right)) == quotient


def test_kinds_of_operands_can_be_mixed(calculator: Calculator) -> None:
    """A float stands for its shortest decimal form."""
    assert calculator.add(0.1, 0.2) == Decimal("0.3")
    assert calculator.multiply(3, "0.5") == Decimal("1.5")
    assert calculator.subtract(Decimal("1.10"), 1) == Decimal("0.1")
    assert calculator.divide(1.0, 4) == Decimal("0.25")


@pytest.mark.parametrize("name", ["add", "subtract", "multiply", "divide"])
@pytest.mark.parametrize("operand", [None, True, 1 + 2j, [1], b"1"])
def test_other_types_are_refused(calculator: Calculator, name: str, operand: object) -> None:
    """The message names the type that was found."""
    operation = getattr(calculator, name)
    for operands in ((operand, 1), (1, operand)):
        with pytest.raises(TypeError, match=f"found {type(operand).__name__}$"):
            operation(*operands)


@pytest.mark.parametrize("dividend", ["1", "-1", "0", "1e-500"])
@pytest.mark.parametrize("divisor", ["0", "-0", "0.000", 0.0])
def test_division_by_zero_is_an_error(
    calculator: Calculator, dividend: str, divisor: Operand
) -> None:
    """Also zero by zero, and also with a negative zero."""
    with pytest.raises(DivisionByZeroError, match="cannot divide by zero"):
        calculator.divide(dividend, divisor)


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        ("add", "1e1000", "1"),
        ("subtract", "1e-1000", "1e10"),
        ("multiply", "1e600", "1e600"),
        ("multiply", "1" * 600, "1" * 600),
        ("divide", "1e600", "1e-600"),
        ("divide", "1e-1000", "3e999"),
    ],
)
def test_answers_that_do_not_fit_are_refused(
    calculator: Calculator, name: str, left: str, right: str
) -> None:
    """None of them is rounded in silence, to infinity or to zero least of all."""
    operation: Operation = getattr(calculator, name)
    with pytest.raises(NumberRangeError, match="more than 1000 digits"):
        operation(left, right)


def test_zero_has_no_sign(calculator: Calculator) -> None:
    """Whatever the way to it."""
    assert str(calculator.multiply(0, -1)) == "0"
    assert str(calculator.divide(0, -4)) == "0"
    assert str(calculator.add("-0", "-0")) == "0"
    assert str(calculator.evaluate("-0")) == "0"


@pytest.mark.parametrize("precision", [0, -1, 1001])
def test_precision_out_of_range_is_refused(precision: int) -> None:
    """The message says the range."""
    with pytest.raises(ValueError, match=f"from 1 to 1000, found {precision}"):
        Calculator(precision)


def test_precision_can_be_asked_for() -> None:
    """The default, and the limits of the range."""
    assert Calculator().precision == 28
    assert Calculator(1).precision == 1
    assert len(Calculator(1000).divide(1, 3).as_tuple().digits) == 1000


def test_threads_share_a_calculator(calculator: Calculator) -> None:
    """A failing calculation leaves no trace in those of other threads."""

    def calculate(number: int) -> bool:
        if number % 3 == 0:
            with pytest.raises(CalculatorError):
                calculator.evaluate(f"{number} / 0")
        return calculator.evaluate(f"({number} * 7 - {number}) / 6") == number

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert all(pool.map(calculate, range(1, 301)))
