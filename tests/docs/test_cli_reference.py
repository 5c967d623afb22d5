"""The page of the command line is what the commands say."""

from pathlib import Path

from seawall.cli.publish import reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == reference(), "write it again with seawall.cli.publish.write_reference"
