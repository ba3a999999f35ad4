"""Layers within torch.compile, torch.export and torch.onnx: the numbers of a plain call."""

import copy
import pickle
import shutil
import threading

import pytest
import torch
from functorch.compile import make_boxed_func
from torch._dynamo.backends.common import aot_autograd
from torch._dynamo.testing import CompileCounterWithBackend
from torch.nn.utils import prune
from torch.nn.utils.rnn import pack_sequence

import recurra
from recurra.cells import LSTM, Zoneout
from recurra.errors import ShapeError
from recurra.layers import Recurrent

T, B, INPUTS, H = 3, 2, 3, 5


@pytest.fixture(autouse=True)
def _anew():
    torch.manual_seed(3)
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def _numbers(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def _marks(*shape):
    return torch.rand(*shape) < 0.4


CASES = {
    "lstm": (lambda: recurra.LSTM(INPUTS, H, 2, bidirectional=True), dict),
    "gru": (
        lambda: recurra.GRU(INPUTS, H, bidirectional=True),
        lambda: {"lengths": torch.tensor([2, T]), "reset": _marks(T, B)},
    ),
    "all states": (
        lambda: recurra.LSTM(INPUTS, H, 2),
        lambda: {"states": "all", "state": (_numbers(2, B, H), _numbers(2, B, H))},
    ),
    "chance": (lambda: Recurrent(Zoneout(LSTM(), 0.3), INPUTS, H, 2), lambda: {"seed": 5}),
    "times and gaps": (
        lambda: Recurrent("gru_d", INPUTS, H),
        lambda: {"dt": _numbers(T, B).abs(), "missing": _marks(T, B, INPUTS), "lengths": [T, 1]},
    ),
    "earlier inputs": (lambda: Recurrent("qrnn", INPUTS, H, dilation=2), dict),
    "residual": (lambda: Recurrent("lstm", H, H, 2, residual=True), dict),
}


def _case(name):
    make, options = CASES[name]
    layer = make().double()
    return layer, _numbers(T, B, layer.input_size), options()


def _flat(state):
    if isinstance(state, torch.Tensor):
        return [state]
    return [tensor for part in state for tensor in _flat(part)]


def _everything(layer, call, x, options):
    """Output, states and all gradients."""
    x = x.clone().requires_grad_()
    output, state = call(x, **options)
    parts = [output, *(part for part in _flat(state) if part.is_floating_point())]
    loss = sum((part * torch.linspace(-1, 1, part.numel()).view_as(part)).sum() for part in parts)
    return [*parts, *torch.autograd.grad(loss, [x, *layer.parameters()])]


def _compiled(layer, backend="aot_eager", **options):
    return torch.compile(layer, backend=backend, fullgraph=True, **options)


def _close(found, wanted):
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_numbers_and_gradients_within_a_graph_are_those_of_a_plain_call(name):
    layer, x, options = _case(name)
    compiled = _compiled(layer)
    _close(_everything(layer, compiled, x, options), _everything(layer, layer, x, options))
    with torch.no_grad():
        _close(compiled(x, **options), layer(x, **options))


@pytest.mark.parametrize("name", ["gru", "chance"])
def test_a_backend_that_runs_the_graph_as_it_is_gives_them_too(name):
    layer, x, options = _case(name)
    compiled = _compiled(layer, "eager")
    _close(_everything(layer, compiled, x, options), _everything(layer, layer, x, options))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch's own
@pytest.mark.skipif(shutil.which("g++") is None, reason="no compiler for torch's inductor")
def test_inductor_gives_them_too():
    model = torch.nn.Sequential(recurra.GRU(INPUTS, H), _First(), torch.nn.Linear(H, 1))
    x = torch.randn(T, B, INPUTS)
    found, wanted = torch.compile(model, fullgraph=True)(x), model(x)
    torch.testing.assert_close(found, wanted)
    parameters = [*model.parameters()]
    torch.testing.assert_close(
        torch.autograd.grad(found.square().sum(), parameters),
        torch.autograd.grad(wanted.square().sum(), parameters),
    )


class _First(torch.nn.Module):
    def forward(self, pair):
        return torch.tanh(pair[0])


def test_a_stack_is_one_operation_of_the_graph_forwards_and_backwards():
    seen = []

    def note(module, _):
        seen.append([str(node.target) for node in module.graph.nodes if node.op != "placeholder"])
        return make_boxed_func(module)

    layer, x, _ = _case("lstm")
    backend = aot_autograd(fw_compiler=note, bw_compiler=note)
    _compiled(layer, backend)(x)[0].sum().backward()
    forward, backward = seen
    assert forward.count("recurra.stack.default") == 1
    assert backward.count("recurra.stack_backward.default") == 1
    assert not any("mm" in target for target in forward + backward)


def test_other_lengths_and_batches_are_a_second_graph_and_no_third():
    layer, _, _ = _case("lstm")
    counter = CompileCounterWithBackend("aot_eager")
    compiled = _compiled(layer, counter)
    for steps, rows in ((4, 2), (4, 2), (7, 3), (3, 8)):
        x = _numbers(steps, rows, INPUTS)
        options = {"lengths": torch.randint(0, steps + 1, (rows,))}
        _close(_everything(layer, compiled, x, options), _everything(layer, layer, x, options))
    assert counter.frame_count == 2


def test_equal_layers_share_a_graph_and_others_do_not():
    counter = CompileCounterWithBackend("aot_eager")
    x = torch.randn(T, B, INPUTS)

    def graphs(layer):
        torch.testing.assert_close(_compiled(layer, counter)(x), layer(x))
        return counter.frame_count

    layer = recurra.RNN(INPUTS, H)
    assert graphs(layer) == 1
    assert graphs(recurra.RNN(INPUTS, H)) == 1
    assert graphs(copy.deepcopy(layer)) == 1
    assert graphs(pickle.loads(pickle.dumps(layer))) == 1
    # The parameters are of the same shapes.
    assert graphs(recurra.RNN(INPUTS, H, nonlinearity="relu")) == 2
    assert graphs(layer.eval()) == 3
    assert graphs(layer) == 3


@pytest.mark.parametrize("name", ["dropout", "truncate"])
def test_a_layer_whose_settings_change_gets_another_graph(name):
    layer = Recurrent("elman", INPUTS, H, 2, dtype=torch.float64)
    compiled, x = _compiled(layer), _numbers(T, B, INPUTS)
    for value in (0.0, 0.5) if name == "dropout" else (None, 2):
        setattr(layer, name, value)
        torch.manual_seed(1)
        wanted = _everything(layer, layer, x, {})
        torch.manual_seed(1)
        _close(_everything(layer, compiled, x, {}), wanted)


def test_chance_is_drawn_at_each_call_of_a_graph():
    layer, x, _ = _case("chance")
    compiled = _compiled(layer)
    torch.manual_seed(1)
    wanted = [layer(x)[0] for _ in range(2)]
    torch.manual_seed(1)
    found = [compiled(x)[0] for _ in range(2)]
    _close(found, wanted)
    assert not torch.equal(*found)


def test_a_given_seed_is_no_constant_of_the_graph():
    layer, x, _ = _case("chance")
    counter = CompileCounterWithBackend("aot_eager")
    compiled = _compiled(layer, counter)
    for seed in (1, 2, 3, 4):
        _close(compiled(x, seed=seed), layer(x, seed=seed))
    assert counter.frame_count == 2


def test_torch_func_within_a_graph_gives_what_it_does_outside():
    layer, x = recurra.RNN(INPUTS, H, dtype=torch.float64), _numbers(2, T, B, INPUTS)

    def gradients(x):
        return torch.func.vmap(torch.func.grad(lambda one: layer(one)[0].square().sum()))(x)

    _close(_compiled(gradients)(x), gradients(x))


def test_hooks_of_a_layer_run_once():
    class Counter:
        lock = threading.Lock()
        calls = 0

        def __call__(self, module, given, result):
            self.calls += 1
            return result[0] * 2, result[1]

    layer, x, _ = _case("lstm")
    with torch.no_grad():
        plain, counter = layer(x), Counter()
        layer.register_forward_hook(counter)
        found = _compiled(layer, "eager")(x)
    _close(found, (plain[0] * 2, plain[1]))
    assert counter.calls == 1


def test_lengths_out_of_range_are_an_error_when_the_graph_runs():
    layer, x, _ = _case("lstm")
    compiled = _compiled(layer)
    compiled(x, lengths=torch.tensor([T, 1]))
    with pytest.raises(RuntimeError, match="expected lengths from 0"):
        compiled(x, lengths=torch.tensor([T + 1, 1]))


def test_a_wrong_shape_is_said_while_the_graph_is_made():
    layer, _, _ = _case("lstm")
    with pytest.raises(RuntimeError, match="I = 3"):
        _compiled(layer)(_numbers(T, B, INPUTS + 1))
    with pytest.raises(ShapeError):
        layer(_numbers(T, B, INPUTS + 1))


def test_around_packed_sequences_there_are_two_graphs():
    layer, _, _ = _case("gru")
    packed = pack_sequence([_numbers(3, INPUTS), _numbers(2, INPUTS)])

    def run(packed):
        return layer(packed)[0].data * 2

    with torch.no_grad():
        _close(torch.compile(run, backend="aot_eager")(packed), run(packed))


def test_around_pruned_weights_there_are_two_graphs():
    layer, x, _ = _case("lstm")
    prune.l1_unstructured(layer, "weight_hh_l0", 0.5)
    compiled = torch.compile(layer, backend="aot_eager")
    _close(compiled(x), layer(x))
    with torch.no_grad():
        layer.weight_hh_l0_orig.mul_(2)
    _close(compiled(x), layer(x))


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", ["lstm", "gru", "times and gaps"])
def test_an_exported_program_gives_the_same_numbers_without_recurra(name, strict):
    layer, x, options = _case(name)
    program = torch.export.export(layer, (x,), options, strict=strict)
    targets = [str(node.target) for node in program.graph.nodes]
    assert not any("recurra" in target for target in targets)
    assert {*program.state_dict} == {*layer.state_dict()}
    found = program.module()(x, **options)
    torch.testing.assert_close(found, layer(x, **options), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("strict", [False, True])
def test_the_batch_of_an_exported_program_may_vary(strict):
    layer = recurra.LSTM(INPUTS, H, batch_first=True, bidirectional=True)
    shapes = {"x": {0: torch.export.Dim("batch", min=1, max=64)}}
    given = (torch.randn(B, T, INPUTS),)
    program = torch.export.export(layer, given, dynamic_shapes=shapes, strict=strict)
    for rows in (1, B, 7):
        x = torch.randn(rows, T, INPUTS)
        torch.testing.assert_close(program.module()(x), layer(x))


@pytest.mark.filterwarnings("ignore")  # torch.jit is deprecated, and warns of all that is fixed
def test_what_torch_jit_traces_gives_the_same_numbers():
    layer, x, _ = _case("lstm")
    traced, other = torch.jit.trace(layer, (x,)), _numbers(T, B, INPUTS)
    torch.testing.assert_close(traced(other), layer(other))


@pytest.mark.filterwarnings("ignore")  # those of torch's exporter
def test_onnx_gives_the_same_numbers(tmp_path):
    pytest.importorskip("onnxscript", reason="torch.onnx needs it")
    runtime = pytest.importorskip("onnxruntime")
    layer, x = recurra.GRU(INPUTS, H, bidirectional=True).eval(), torch.randn(T, B, INPUTS)
    torch.onnx.export(layer, (x,), tmp_path / "layer.onnx", dynamo=True, verbose=False)
    session = runtime.InferenceSession(tmp_path / "layer.onnx")
    found = session.run(None, {session.get_inputs()[0].name: x.numpy()})
    torch.testing.assert_close(torch.from_numpy(found[0]), layer(x)[0])
