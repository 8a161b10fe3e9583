"""Compile the kernels into the wheel where a C compiler is at hand; without one the wheel is pure Python."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import sys_tags

BUILD = Path("src", "crmclean", "kernels", "build.py")


class CompiledKernels(BuildHookInterface):
    """The hook that hatchling runs before it packs a wheel or installs an editable one."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile beside the sources, and tag the wheel for this platform."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        spec = importlib.util.spec_from_file_location("crmclean_kernels_build", root / BUILD)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        built = module.build()
        if built is None:
            self.app.display_warning("no C compiler: crmclean will work without compiled kernels, only slower")
        elif version == "standard":
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{next(iter(sys_tags())).platform}"
            build_data["artifacts"].append(str(built.relative_to(root)))
