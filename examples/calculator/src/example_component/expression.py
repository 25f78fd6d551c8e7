"""Expressions: from text to the numbers and operations it stands for.

The grammar, in which a sign binds tighter than a product and a product tighter than a sum:

    sum     = product { ("+" | "-") product }
    product = factor { ("*" | "/") factor }
    factor  = ("+" | "-") factor | number | "(" sum ")"
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from .errors import ExpressionError
from .numbers import NUMBER, shortened, to_decimal

MAX_LENGTH: Final = 10_000
"""The longest expression, in characters."""

MAX_DEPTH: Final = 100
"""The most parentheses and signs that may be open at the same time."""

_TOKEN = re.compile(rf"\s*(?:(?P<number>{NUMBER.pattern})|(?P<symbol>[-+*/()]))")


class Arithmetic(Protocol):
    """The four operations that an expression is made of."""

    def add(self, left: Decimal, right: Decimal) -> Decimal:
        """Adds two numbers."""
        ...

    def subtract(self, left: Decimal, right: Decimal) -> Decimal:
        """Subtracts `right` from `left`."""
        ...

    def multiply(self, left: Decimal, right: Decimal) -> Decimal:
        """Multiplies two numbers."""
        ...

    def divide(self, left: Decimal, right: Decimal) -> Decimal:
        """Divides `left` by `right`."""
        ...


@dataclass(frozen=True)
class _Token:
    """A number, a symbol, or the end of the expression (an empty text)."""

    text: str
    column: int
    is_number: bool = False

    def __str__(self) -> str:
        return shortened(self.text) if self.text else "the end"


def evaluate(expression: str, arithmetic: Arithmetic) -> Decimal:
    """Computes what an expression stands for.

    Args:
        expression: Numbers, `+`, `-`, `*`, `/` and parentheses.
        arithmetic: What the four operations do.

    Returns:
        The value of the expression.

    Raises:
        ExpressionError: When the expression cannot be read; it says where.
        CalculatorError: When one of the operations has no answer.
    """
    return _Evaluation(_tokens(expression), arithmetic).result()


def _tokens(expression: str) -> list[_Token]:
    """Splits an expression into tokens, with one for the end."""
    if len(expression) > MAX_LENGTH:
        problem = f"expected at most {MAX_LENGTH} characters, found more"
        raise ExpressionError(problem, MAX_LENGTH + 1)
    text = expression.rstrip()
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            column = len(text) - len(text[position:].lstrip())
            problem = f"expected a number, an operator or a parenthesis, found {text[column]!r}"
            raise ExpressionError(problem, column + 1)
        kind = match.lastgroup or ""
        tokens.append(_Token(match[kind], match.start(kind) + 1, kind == "number"))
        position = match.end()
    tokens.append(_Token("", len(text) + 1))
    return tokens


class _Evaluation:
    """One pass over the tokens of one expression, computing on the way."""

    def __init__(self, tokens: list[_Token], arithmetic: Arithmetic) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0
        self._sums = {"+": arithmetic.add, "-": arithmetic.subtract}
        self._products = {"*": arithmetic.multiply, "/": arithmetic.divide}

    def result(self) -> Decimal:
        """Reads the whole expression."""
        value = self._sum()
        token = self._take()
        if token.text:
            problem = f"expected an operator or the end, found {token}"
            raise ExpressionError(problem, token.column)
        return value

    def _take(self) -> _Token:
        """Moves past a token. The last one, the end, is never passed."""
        token = self._tokens[self._next]
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _sum(self) -> Decimal:
        return self._chain(self._sums, self._product)

    def _product(self) -> Decimal:
        return self._chain(self._products, self._factor)

    def _chain(
        self,
        operations: Mapping[str, Callable[[Decimal, Decimal], Decimal]],
        operand: Callable[[], Decimal],
    ) -> Decimal:
        """Reads operands joined by operators of one rank, from left to right."""
        value = operand()
        while (operation := operations.get(self._tokens[self._next].text)) is not None:
            self._take()
            value = operation(value, operand())
        return value

    def _factor(self) -> Decimal:
        token = self._take()
        if token.is_number:
            return to_decimal(token.text)
        if token.text not in ("+", "-", "("):
            problem = f"expected a number or an opening parenthesis, found {token}"
            raise ExpressionError(problem, token.column)
        self._open(token)
        value = self._group(token) if token.text == "(" else self._signed(token)
        self._depth -= 1
        return value

    def _open(self, token: _Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            problem = f"more than {MAX_DEPTH} parentheses and signs are open"
            raise ExpressionError(problem, token.column)

    def _signed(self, sign: _Token) -> Decimal:
        value = self._factor()
        return value.copy_negate() if sign.text == "-" else value

    def _group(self, opening: _Token) -> Decimal:
        value = self._sum()
        closing = self._take()
        if closing.text != ")":
            problem = (
                f"expected the closing parenthesis of column {opening.column}, found {closing}"
            )
            raise ExpressionError(problem, closing.column)
        return value
