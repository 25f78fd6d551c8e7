"""Expressions: what they mean, and what is said about those that mean nothing."""

from decimal import Decimal

import pytest

from example_component import (
    Calculator,
    CalculatorError,
    DivisionByZeroError,
    ExpressionError,
    NumberRangeError,
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7", "7"),
        (" 0.1 + 0.2 ", "0.3"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("10 - 4 - 3", "3"),
        ("100 / 10 / 2", "5"),
        ("2 * (3 + (4 - 1)) / 3", "4"),
        ("-3 + 5", "2"),
        ("2 - -3", "5"),
        ("-(2 + 3) * -+-2", "-10"),
        ("1e3 + .5 + 2.", "1002.5"),
        ("1e-3*1E+3", "1"),
        ("1\t+\n1", "2"),
        ("19.99 * 3 * 1.21", "72.5637"),
    ],
)
def test_values_worked_out_by_hand(expression: str, value: str) -> None:
    """Products before sums, signs before products, left to right."""
    assert Calculator().evaluate(expression) == Decimal(value)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "expected a number or an opening parenthesis, found the end at column 1"),
        ("   ", "expected a number or an opening parenthesis, found the end at column 1"),
        ("1 +", "expected a number or an opening parenthesis, found the end at column 4"),
        ("* 2", "expected a number or an opening parenthesis, found '*' at column 1"),
        ("()", "expected a number or an opening parenthesis, found ')' at column 2"),
        ("1 2", "expected an operator or the end, found '2' at column 3"),
        ("1 + 2)", "expected an operator or the end, found ')' at column 6"),
        ("2(3)", "expected an operator or the end, found '(' at column 2"),
        ("(1 + 2", "expected the closing parenthesis of column 1, found the end at column 7"),
        ("(1 2)", "expected the closing parenthesis of column 1, found '2' at column 4"),
        ("1 + x", "expected a number, an operator or a parenthesis, found 'x' at column 5"),
        ("1\x1b[31m", "expected a number, an operator or a parenthesis, found '\\x1b' at column 2"),
        ("٣ + 1", "expected a number, an operator or a parenthesis, found '٣' at column 1"),
        ("1 . 2", "expected a number, an operator or a parenthesis, found '.' at column 3"),
    ],
)
def test_unreadable_expressions_say_what_and_where(expression: str, message: str) -> None:
    """The column counts characters from 1."""
    with pytest.raises(ExpressionError) as caught:
        Calculator().evaluate(expression)
    assert str(caught.value) == message
    assert message.endswith(f"column {caught.value.column}")


@pytest.mark.parametrize(
    "expression",
    ["__import__('os').getcwd()", "2 ** 10", "1 // 2", "7 % 3", "1_000", "NaN", "Infinity", "1j"],
)
def test_nothing_but_arithmetic_is_understood(expression: str) -> None:
    """Python's other syntax and special values are no part of the language."""
    with pytest.raises(ExpressionError):
        Calculator().evaluate(expression)


def test_depth_is_limited() -> None:
    """Instead of exhausting the stack: 100 open parentheses or signs are fine, 101 are not."""
    calculator = Calculator()
    assert calculator.evaluate("(" * 100 + "1" + ")" * 100) == 1
    assert calculator.evaluate("-" * 100 + "1") == 1
    assert calculator.evaluate("+".join(["(1)"] * 200)) == 200
    for expression in ("(" * 101 + "1" + ")" * 101, "-" * 101 + "1", "(" * 9_999):
        with pytest.raises(ExpressionError, match=r"more than 100 .* at column 101$"):
            calculator.evaluate(expression)


def test_length_is_limited() -> None:
    """10 000 characters are fine, one more is not."""
    calculator = Calculator()
    longest = "1" + "+1" * 4_999 + " "
    assert calculator.evaluate(longest) == 5_000
    with pytest.raises(
        ExpressionError, match="at most 10000 characters, found more at column 10001"
    ):
        calculator.evaluate(longest + " ")


def test_errors_of_operations_pass_through() -> None:
    """As the operation alone would raise them."""
    calculator = Calculator()
    with pytest.raises(DivisionByZeroError):
        calculator.evaluate("1 / (2 - 2)")
    with pytest.raises(NumberRangeError):
        calculator.evaluate("1e999 * 1e999")
    with pytest.raises(NumberRangeError):
        calculator.evaluate("1e1001")


def test_every_error_is_a_calculator_error() -> None:
    """One `except` is enough for callers."""
    for expression in ("1 +", "1 / 0", "1e9999"):
        with pytest.raises(CalculatorError):
            Calculator().evaluate(expression)
