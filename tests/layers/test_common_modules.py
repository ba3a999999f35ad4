"""The inputs with which torch tests its own RNN, LSTM and GRU, our classes put in."""

import pytest
import torch
from torch.nn.utils.rnn import PackedSequence
from torch.testing._internal.common_modules import (
    module_inputs_torch_nn_LSTM,
    module_inputs_torch_nn_RNN_GRU,
)

import recurra

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported")


def _samples(name):
    kinds = {"RNN": {"is_rnn": True}, "GRU": {"is_rnn": False}, "LSTM": {}}
    function = module_inputs_torch_nn_LSTM if name == "LSTM" else module_inputs_torch_nn_RNN_GRU
    return function(
        None,
        device="cpu",
        dtype=torch.float64,
        requires_grad=True,
        training=True,
        with_packed_sequence=True,
        **kinds[name],
    )


COUNTS = {"RNN": 64, "GRU": 32, "LSTM": 32}
CASES = [(name, place) for name, count in COUNTS.items() for place in range(count)]


def _made(name, place):
    torch.manual_seed(place)
    sample = _samples(name)[place]
    modules = []
    for library in (torch.nn, recurra):
        torch.manual_seed(place)
        arguments = sample.constructor_input
        module = getattr(library, name)(*arguments.args, **arguments.kwargs, dtype=torch.float64)
        modules.append(module)
    return (*modules, sample)


def _tensors(result):
    output, state = result
    output = output.data if isinstance(output, PackedSequence) else output
    return (output, *(state if isinstance(state, tuple) else (state,)))


def test_these_are_all_of_torchs_inputs():
    assert {name: len(_samples(name)) for name in COUNTS} == COUNTS


@pytest.mark.parametrize(("name", "place"), CASES)
def test_forward_is_torchs(name, place):
    theirs, mine, sample = _made(name, place)
    given = sample.forward_input
    wanted = _tensors(theirs(*given.args, **given.kwargs))
    found = _tensors(mine(*given.args, **given.kwargs))
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)
    if not isinstance(given.args[0], PackedSequence):
        reference = sample.reference_fn(mine, *given.args, **given.kwargs)
        torch.testing.assert_close(found, _tensors(reference), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("name", "place"), CASES)
def test_first_and_second_derivatives_are_right(name, place):
    _, mine, sample = _made(name, place)
    x, *state = sample.forward_input.args
    packed = x if isinstance(x, PackedSequence) else None
    leaf = (x.data if packed is not None else x).detach().requires_grad_()
    parameters = tuple(mine.parameters())

    def run(leaf, *_):
        read = leaf if packed is None else PackedSequence(leaf, *packed[1:])
        return _tensors(mine(read, *state))

    # Along random directions: every parameter takes part, at a fraction of the cost.
    assert torch.autograd.gradcheck(run, (leaf, *parameters), fast_mode=True)
    assert torch.autograd.gradgradcheck(run, (leaf, *parameters), fast_mode=True)
