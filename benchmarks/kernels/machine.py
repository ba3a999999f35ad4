"""What was measured on and with, without the names of hosts and places."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from copying import copying
from peak import peak

from recurra.kernels.cpu.target import target

MEASURED_WITH = ("recurra", "torch", "llvmlite", "numpy", "onnxruntime", "torchrecurrent")


def machine(threads: tuple[int, ...]) -> dict[str, Any]:
    """The processor, and what it was seen to do with so many threads."""
    return {
        "processor": _processor(),
        "llvm": target().name,
        "cores": os.cpu_count(),
        "vector bits": target().bits,
        "system": f"{platform.system()} {platform.machine()}",
        "peak GFLOP/s": {str(n): round(peak(n) / 1e9, 1) for n in threads},
        "copied GB/s": {str(n): round(copying(n) / 1e9, 2) for n in threads},
    }


def versions(jax_python: Path) -> dict[str, str]:
    """The versions of all that takes part."""
    found = {"python": platform.python_version()}
    for name in MEASURED_WITH:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found | _of_jax(jax_python)


def _of_jax(python: Path) -> dict[str, str]:
    if not python.exists():
        return {}
    asked = "from importlib.metadata import version; print(version('jax'))"
    told = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True)
    return {"jax": told.stdout.strip()}


def _processor() -> str:
    """The processor's name as the system gives it."""
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
