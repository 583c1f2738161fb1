"""Files that travel with the program (in the package, or beside it in a checkout), and how YAML is read."""

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

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


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that stands twice, which YAML would settle silently by the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"key {key!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)
