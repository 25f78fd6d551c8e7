"""The command line, as a person types it."""

import runpy
import sys

import pytest


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Runs `python -m example_component` in this process and gives its exit status."""
    monkeypatch.setattr(sys, "argv", ["example_component", *arguments])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("example_component", run_name="__main__")
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_value_goes_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With exit status 0."""
    assert run(monkeypatch, "0.1 + 0.2") == 0
    assert capsys.readouterr() == ("0.3\n", "")


def test_trouble_goes_to_standard_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With exit status 1 and nothing on standard output."""
    assert run(monkeypatch, "1 / 0") == 1
    assert capsys.readouterr() == ("", "error: cannot divide by zero\n")


@pytest.mark.parametrize("arguments", [[], ["1", "+", "1"]])
def test_wrong_usage_is_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """With exit status 2."""
    assert run(monkeypatch, *arguments) == 2
    assert capsys.readouterr() == ("", "usage: python -m example_component EXPRESSION\n")
