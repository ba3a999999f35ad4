"""The registered operation: torch's own checks of it, and the numbers of a plain call."""

import copy

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.library import opcheck
from torch.utils._python_dispatch import TorchDispatchMode

import recurra
from recurra.cells import LSTM, VariationalDropout, Zoneout
from recurra.errors import OptionError
from recurra.kernels.cpu.registered import name_of
from recurra.layers import Recurrent
from recurra.layers.whole_stack import whole_stack

T, B, INPUTS, H = 4, 3, 3, 5


class Watched(TorchDispatchMode):
    """Notes the calls of the operation; while it is on, layers call it."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func.namespace == "recurra":
            self.calls.append((func, args))
        return func(*args, **(kwargs or {}))


def _numbers(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def _marks(*shape):
    return torch.rand(*shape) < 0.4


CASES = {
    "lstm": (lambda: recurra.LSTM(INPUTS, H, 2, bidirectional=True), dict),
    "lengths and resets": (
        lambda: recurra.GRU(INPUTS, H, bidirectional=True),
        lambda: {"lengths": torch.tensor([T, 0, 2]), "reset": _marks(T, B)},
    ),
    "states of two widths": (
        lambda: Recurrent("lstm", INPUTS, (H, 2), truncate=2),
        lambda: {"states": "all", "state": tuple((_numbers(B, H), _numbers(B, 2)) for _ in "hc")},
    ),
    "chance": (lambda: Recurrent(Zoneout(LSTM(), 0.3), INPUTS, H, 2), lambda: {"seed": 2**64 - 9}),
    "chance by sequence": (
        lambda: Recurrent(VariationalDropout(LSTM(), 0.3), INPUTS, H),
        lambda: {"seed": 4, "rows": torch.tensor([7, 1, 3])},
    ),
    "times and gaps": (
        lambda: Recurrent("gru_d", INPUTS, H, bidirectional=True),
        lambda: {"dt": _numbers(T, B).abs(), "missing": _marks(T, B, INPUTS)},
    ),
    "derived matrices": (lambda: Recurrent("antisymmetric", INPUTS, H, 2), dict),
}


def _case(name):
    torch.manual_seed(3)
    make, options = CASES[name]
    return make().double(), _numbers(T, B, INPUTS).requires_grad_(), options()


def _flat(state):
    if isinstance(state, torch.Tensor):
        return [state]
    return [tensor for part in state for tensor in _flat(part)]


def _everything(layer, x, options):
    """Output, states and all gradients."""
    output, state = layer(x, **options)
    parts = [output, *(part for part in _flat(state) if part.is_floating_point())]
    loss = sum((part * torch.linspace(-1, 1, part.numel()).view_as(part)).sum() for part in parts)
    return [*parts, *torch.autograd.grad(loss, [x, *layer.parameters()])]


@pytest.mark.parametrize("name", CASES)
def test_it_gives_the_numbers_and_gradients_of_a_plain_call(name):
    layer, x, options = _case(name)
    wanted = _everything(layer, x, options)
    with Watched() as watched:
        found = _everything(layer, x, options)
    assert [str(func) for func, _ in watched.calls] == [
        "recurra.stack.default",
        "recurra.stack_backward.default",
    ]
    for one, other in zip(found, wanted, strict=True):
        assert torch.equal(one, other)


@pytest.mark.usefixtures("_filled")
@pytest.mark.parametrize("name", ["chance", "lengths and resets", "times and gaps"])
def test_torch_finds_nothing_wrong_with_it(name):
    layer, x, options = _case(name)
    with Watched() as watched:
        _everything(layer, x, options)
    for func, arguments in watched.calls:
        asks = "backward" not in str(func)
        opcheck(func, tuple(_fresh(one, asks) for one in arguments))


@pytest.fixture
def _filled():
    """Memory that nobody wrote to is the same each time, since its numbers are compared."""
    torch.use_deterministic_algorithms(True)
    yield
    torch.use_deterministic_algorithms(False)


def _fresh(argument, asks):
    if isinstance(argument, list):
        return [_fresh(one, asks) for one in argument]
    if isinstance(argument, torch.Tensor):
        return argument.detach().clone().requires_grad_(asks and argument.is_floating_point())
    return argument


def test_second_derivatives_are_those_of_a_plain_call():
    layer, x, _ = _case("lstm")

    def second():
        (first,) = torch.autograd.grad(layer(x)[0].square().sum(), x, create_graph=True)
        return torch.autograd.grad(first.square().sum(), [x, *layer.parameters()])

    wanted = second()
    with Watched() as watched:
        found = second()
    assert watched.calls
    torch.testing.assert_close(found, wanted)


def test_without_numbers_there_are_shapes():
    with FakeTensorMode():
        layer = recurra.LSTM(INPUTS, H, 2)
        output, (h, c) = layer(torch.randn(T, B, INPUTS))
        (output.sum() + c.sum()).backward()
    assert output.shape == (T, B, H)
    assert h.shape == c.shape == (2, B, H)
    assert all(one.grad.shape == one.shape for one in layer.parameters())


def test_any_order_of_memory_is_taken():
    layer, _, _ = _case("lstm")
    x = _numbers(INPUTS, B, T).permute(2, 1, 0)
    wanted, _ = layer(x)
    with Watched() as watched:
        layer(x)
    func, (given, others, states, parameters, *rest) = watched.calls[0]
    strided = [one.t().contiguous().t() if one.dim() == 2 else one for one in parameters]
    found = func(
        given.detach().transpose(0, 2).contiguous().transpose(0, 2), [], [], strided, *rest
    )
    assert not others
    assert not states
    assert torch.equal(found[0], wanted)


def _name(layer):
    return name_of(whole_stack(layer, every=False).network)


def test_equal_networks_have_one_name_and_others_another():
    layer = recurra.RNN(INPUTS, H)
    assert _name(layer) == _name(recurra.RNN(INPUTS, H)) == _name(copy.deepcopy(layer))
    others = [
        recurra.RNN(INPUTS, H, nonlinearity="relu"),
        recurra.RNN(INPUTS, H, bias=False),
        recurra.RNN(INPUTS, H, 2),
        recurra.RNN(INPUTS, H, bidirectional=True),
        recurra.RNN(H, INPUTS),
        Recurrent("elman", INPUTS, H),
        Recurrent("elman", INPUTS, H, reverse=True),
        Recurrent("elman", INPUTS, H, truncate=2),
        Recurrent("elman", INPUTS, H, 2, bidirectional=True),
        Recurrent("elman", INPUTS, H, 2, bidirectional=True, merge="separate"),
    ]
    assert len({_name(layer), *map(_name, others)}) == len(others) + 1


def test_a_network_of_another_process_is_an_error():
    layer, x, _ = _case("lstm")
    with Watched() as watched:
        layer(x)
    func, (*given, _, training) = watched.calls[0]
    with pytest.raises(OptionError, match="another process"):
        func(*given, "unknown", training)
