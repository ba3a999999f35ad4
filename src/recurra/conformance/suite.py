"""All that every cell must keep to."""

from __future__ import annotations

import torch

from recurra.conformance.biases import without_is_zero
from recurra.conformance.check import Check, NotApplicable
from recurra.conformance.derivative import derivative_is_torchs
from recurra.conformance.directions import bidirectional_is_two, reversed_is_flipped
from recurra.conformance.every_state import all_end_in_the_last
from recurra.conformance.finding import Finding
from recurra.conformance.gradients import first_derivatives, second_derivatives
from recurra.conformance.independent import independent_check
from recurra.conformance.influence import every_parameter_counts
from recurra.conformance.modes import same_parameters
from recurra.conformance.padding import packed_is_padded, padding_is_nothing
from recurra.conformance.precision import single_is_double
from recurra.conformance.resetting import reset_is_two_sequences
from recurra.conformance.rows import rows_alone
from recurra.conformance.saving import loaded_in_another_order, saved_and_loaded
from recurra.conformance.splitting import split_anywhere, step_by_step
from recurra.conformance.streaming import stepper_is_the_whole
from recurra.conformance.structured import structures_learn, structures_write
from recurra.conformance.transforms import gradients_of_rows, mapped_is_a_loop
from recurra.conformance.typesetting import equations_are_whole
from recurra.errors import ConformanceError
from recurra.language import Cell

CHECKS = (
    Check("its independent check agrees", independent_check),
    Check("its equations can be typeset", equations_are_whole),
    Check("training and evaluation have the same parameters", same_parameters),
    Check("every parameter takes part", every_parameter_counts),
    Check("its gradients are the slopes of its values", first_derivatives),
    Check("its second derivatives are the slopes of its gradients", second_derivatives),
    Check("its derived derivative is torch's", derivative_is_torchs),
    Check("one step at a time equals the whole", step_by_step),
    Check("a split sequence equals the whole", split_anywhere),
    Check("a stepper equals the whole", stepper_is_the_whole),
    Check("rows of a batch do not touch each other", rows_alone),
    Check("padding changes nothing", padding_is_nothing),
    Check("a packed sequence equals a padded one", packed_is_padded),
    Check("a reset equals two sequences", reset_is_two_sequences),
    Check("reversed equals flipped", reversed_is_flipped),
    Check("bidirectional equals two directions", bidirectional_is_two),
    Check("the states of all steps end in the last", all_end_in_the_last),
    Check("without bias equals biases of zero", without_is_zero),
    Check("float32 agrees with float64", single_is_double),
    Check("saved weights give the same bits again", saved_and_loaded),
    Check("saved weights fit equations in another order", loaded_in_another_order),
    Check("every structure learns with it", structures_learn),
    Check("every structure writes with it as it reads", structures_write),
    Check("vmap over the batch equals a loop", mapped_is_a_loop),
    Check("gradients of each row equal a loop", gradients_of_rows),
)
"""What every cell must keep to, what is quick first."""

_SEED = 7


def run(cell: Cell) -> list[Finding]:
    """All checks of a cell, in the order of :data:`CHECKS`.

    Everything is small, in float64 and from a fixed seed; torch's random state is left as it was.

    Args:
        cell: The cell.
    """
    return [examine(cell, check) for check in CHECKS]


def examine(cell: Cell, check: Check) -> Finding:
    """One check of a cell.

    Args:
        cell: The cell.
        check: The check.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        try:
            return Finding(check.name, "holds", check.run(cell))
        except NotApplicable as reason:
            return Finding(check.name, "does not apply", str(reason))
        except ConformanceError as error:
            return Finding(check.name, "fails", f"{error.given}; expected: {error.expected}")
        # A cell can go wrong in any way: whatever it raises is what was found.
        except Exception as error:
            return Finding(check.name, "fails", f"{type(error).__name__}: {error}")
