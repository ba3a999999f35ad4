"""From LLVM's intermediate representation to functions that can be called."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm

from recurra.kernels.cpu.target import target


@dataclass(frozen=True)
class Code:
    """Compiled functions; they live as long as this does.

    Attributes:
        engine: LLVM's holder of the memory they lie in.
        object: The same as bytes, to be kept on disk.
    """

    engine: Any
    object: bytes

    def address(self, function: str) -> int:
        """Where a function starts."""
        return int(self.engine.get_function_address(function))

    def function(self, name: str, arguments: Sequence[Any]) -> Any:
        """A function that Python can call and that lets other threads run meanwhile."""
        function = ctypes.CFUNCTYPE(None, *arguments)(self.address(name))
        # Whoever holds the function holds the memory that it lies in.
        function.code = self  # type: ignore[attr-defined]
        return function


def compiled(text: str) -> Code:
    """Compiles a module.

    Args:
        text: The module in LLVM's language.
    """
    machine = _machine()
    module = llvm.parse_assembly(text)
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=0)
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return loaded(machine.emit_object(module))


def loaded(code: bytes) -> Code:
    """Takes compiled code into use."""
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return Code(engine, code)


def _machine() -> Any:
    found = target()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=found.name, features=found.features, opt=3, jit=True
    )
