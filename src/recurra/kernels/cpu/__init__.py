"""Cells compiled to machine code for the processor at hand, through LLVM."""
