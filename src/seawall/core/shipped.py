"""TOML files of one kind: those in the package by name, a city's own by path."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from seawall.core.errors import Fault, InvalidInput, closest
from seawall.core.toml_rows import read_text

TOML = ".toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """Files of one kind that the package ships.

    Attributes:
        package, folder: where they lie.
        noun: what one of them is ("strategy").
        option: of the command line that names one ("--strategy").
    """

    package: str
    folder: str
    noun: str
    option: str

    def names(self) -> tuple[str, ...]:
        """Names of the files, in alphabetical order."""
        entries = (resources.files(self.package) / self.folder).iterdir()
        return tuple(sorted(one.name.removesuffix(TOML) for one in entries if one.name.endswith(TOML)))

    def text(self, name: str | Path) -> tuple[str, str]:
        """The text of a file, and its name as the user knows it.

        Args:
            name: of a shipped one, or the path of a TOML file.

        Raises:
            InvalidInput: there is none, or it cannot be read.
        """
        if str(name).endswith(TOML):
            return read_text(Path(name), f"a {self.noun}"), Path(name).name
        known = self.names()
        if str(name) not in known:
            problem = f'"{name}" is neither a shipped {self.noun} nor a file{closest(str(name), known)}'
            mend = f"Give the path of a TOML file, or one of {', '.join(known)}"
            fault = Fault(file=self.option, problem=problem, mend=mend)
            raise InvalidInput(f'There is no {self.noun} "{name}".', [fault])
        path = resources.files(self.package) / self.folder / f"{name}{TOML}"
        return path.read_text(encoding="utf-8"), f"{name}{TOML}"
