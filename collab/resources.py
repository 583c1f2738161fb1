"""Files that travel with the program: in the package when it is installed, beside it in a checkout."""

from pathlib import Path

from collab.errors import WrongInput
from collab.refusals import did_you_mean

_PACKAGE = Path(__file__).parent
_CONFIGS = (_PACKAGE / "configs", _PACKAGE.parent / "configs")


def preset(name: Path) -> Path:
    """`name` where it is a file, else the shipped preset of that name. Raises WrongInput with the nearest one."""
    if name.is_file():
        return name
    known = {file.stem: file for folder in _CONFIGS for file in folder.glob("*.yaml")}
    if str(name) in known:
        return known[str(name)]
    wanted = f"a YAML file, or a preset: {', '.join(sorted(known))}"
    raise WrongInput(str(name), "no such file", wanted, did_you_mean(str(name), known))
