//! Python projects as teams have them, judged with the real tools.

mod coverage;
mod environments;
mod isolation;
mod layouts;
mod pytest;
mod scanners;

/// A test that fails when it is run first and passes when it is run again.
const FLAKY: &str = "from pathlib import Path\n\n\ndef test_sometimes() -> None:\n    marker = Path(\"marker\")\n    \
                     was_there = marker.exists()\n    marker.touch()\n    assert was_there\n";

/// A test that always fails.
const BROKEN: &str = "def test_is_broken() -> None:\n    assert False\n";

/// Settings of pytest in `pyproject.toml`.
fn addopts(options: &str) -> String {
    format!("[tool.pytest.ini_options]\naddopts = \"{options}\"\n")
}
