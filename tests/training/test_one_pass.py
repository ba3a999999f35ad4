import copy
import pickle
import subprocess
import sys

import pytest
import torch
from torch import nn

from recurra.errors import OptionError, ShapeError
from recurra.training import SGD, Adam, AdamW, RMSprop
from recurra.training.optimizers.native import Native

KINDS = [
    (RMSprop, {}),
    (RMSprop, {"momentum": 0.9}),
    (Adam, {}),
    (AdamW, {}),
    (SGD, {}),
    (SGD, {"momentum": 0.9, "dampening": 0.1}),
]
every_kind = pytest.mark.parametrize(("kind", "options"), KINDS)


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1))


def learn(model, optimizer, steps, first=0):
    for step in range(first, first + steps):
        generator = torch.Generator().manual_seed(step)
        x = torch.randn(4, 3, generator=generator, dtype=next(model.parameters()).dtype)
        optimizer.zero_grad()
        torch.autograd.backward(model(x).square().mean())
        optimizer.step()


def numbers(model):
    return nn.utils.parameters_to_vector(model.parameters()).detach().clone()


def is_compiled(optimizer):
    return [isinstance(work, Native) for work in optimizer._plans[0].work]


@every_kind
def test_it_goes_on_with_the_same_bits_from_its_state_dict(kind, options):
    model = network()
    optimizer = kind(model.parameters(), lr=0.05, **options)
    learn(model, optimizer, 3)
    twin = network(1)
    twin.load_state_dict(model.state_dict())
    resumed = kind(twin.parameters(), lr=9.0)
    learn(twin, resumed, 1)  # what it has learnt by then is to be forgotten
    twin.load_state_dict(model.state_dict())
    resumed.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    learn(model, optimizer, 3, first=3)
    learn(twin, resumed, 3, first=3)
    assert torch.equal(numbers(model), numbers(twin))


@every_kind
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))])
def test_a_copy_goes_on_with_the_same_bits_and_leaves_the_first_alone(kind, options, copied):
    model = network()
    optimizer = kind(model.parameters(), lr=0.05, **options)
    learn(model, optimizer, 3)
    before = numbers(model)
    twin, resumed = copied((model, optimizer))
    learn(twin, resumed, 3, first=3)
    assert torch.equal(numbers(model), before)
    learn(model, optimizer, 3, first=3)
    assert torch.equal(numbers(model), numbers(twin))


@every_kind
def test_a_closure_computes_gradients_and_its_loss_is_returned(kind, options):
    weight = nn.Parameter(torch.tensor(2.0))
    optimizer = kind([weight], lr=0.1, **options)

    def closure():
        optimizer.zero_grad()
        loss = weight**2
        torch.autograd.backward(loss)
        return loss

    with torch.no_grad():
        assert optimizer.step(closure).item() == 4.0
    assert 0 < weight.item() < 2


@every_kind
def test_parameters_without_gradient_stay_until_they_have_one(kind, options):
    a, b, twin = (nn.Parameter(torch.ones(9)) for _ in range(3))
    optimizer = kind([a, b], lr=0.1, **options)
    optimizer.step()
    for _ in range(3):
        a.grad = torch.ones(9)
        optimizer.step()
    assert b.tolist() == [1.0] * 9
    assert a.tolist() != [1.0] * 9
    assert b not in optimizer.state
    a.grad, b.grad, twin.grad = None, torch.ones(9), torch.ones(9)
    stood = a.tolist()
    optimizer.step()
    alone = kind([twin], lr=0.1, **options)
    alone.step()
    assert a.tolist() == stood
    assert torch.equal(b, twin)
    a.grad = torch.ones(9)
    optimizer.step()
    alone.step()
    assert a.tolist() != stood
    assert torch.equal(b, twin)


@every_kind
def test_groups_have_options_of_their_own_and_follow_a_change_of_the_rate(kind, options):
    together, alone = network(), network()
    optimizer = kind(
        [{"params": together[0].parameters()}, {"params": together[2].parameters(), "lr": 0.5}],
        lr=0.05,
        **options,
    )
    separate = [
        kind(alone[0].parameters(), lr=0.05, **options),
        kind(alone[2].parameters(), lr=0.5, **options),
    ]
    for step in range(4):
        if step == 2:
            optimizer.param_groups[1]["lr"] = separate[1].param_groups[0]["lr"] = 0.01
        x = torch.full((2, 3), float(step))
        for model in (together, alone):
            model.zero_grad()
            torch.autograd.backward(model(x).square().mean())
        for one in (optimizer, *separate):
            one.step()
    assert torch.equal(numbers(together), numbers(alone))


@every_kind
def test_a_group_can_be_added_later(kind, options):
    model, twin = network(), network()
    optimizer = kind(model[0].parameters(), lr=0.05, **options)
    optimizer.add_param_group({"params": list(model[2].parameters())})
    learn(model, optimizer, 3)
    learn(twin, kind(twin.parameters(), lr=0.05, **options), 3)
    assert torch.equal(numbers(model), numbers(twin))


def test_a_group_with_an_option_out_of_range_is_refused_and_not_added():
    optimizer = RMSprop([nn.Parameter(torch.ones(1))])
    with pytest.raises(OptionError, match="lr is -1"):
        optimizer.add_param_group({"params": [nn.Parameter(torch.ones(1))], "lr": -1})
    assert len(optimizer.param_groups) == 1


def test_complex_parameters_are_refused():
    with pytest.raises(OptionError, match="complex"):
        Adam([nn.Parameter(torch.ones(1, dtype=torch.complex64))])


# Compiled code and torch's operations


@every_kind
def test_compiled_code_takes_the_steps_that_torch_operations_take(
    taught, within, without_compiled_code, kind, options
):
    compiled = taught(kind, torch.float64, **options)
    without_compiled_code()
    within(compiled, taught(kind, torch.float64, **options), 8)


@every_kind
def test_what_compiled_code_cannot_read_takes_the_same_step(within, kind, options):
    numbers = torch.linspace(-1, 1, 12)
    gradients = [torch.linspace(-2, 1, 12).reshape(3, 4) * scale for scale in (1.0, -0.5, 0.25)]
    plain = nn.Parameter(numbers.reshape(3, 4).clone())
    turned = nn.Parameter(numbers.reshape(3, 4).t().contiguous().t())
    half = nn.Parameter(numbers.reshape(3, 4).bfloat16())
    optimizer = kind([turned, plain, half], lr=0.01, **options)
    for gradient in gradients:
        plain.grad, half.grad = gradient.clone(), gradient.bfloat16()
        turned.grad = gradient.t().contiguous().t()
        optimizer.step()
    assert sorted(is_compiled(optimizer)) == [False, False, True]
    within(turned.detach(), plain.detach(), 4)
    assert half.dtype == torch.bfloat16
    # A bfloat16 has 8 bits: each of a few operations a step may be off by 1 in 256.
    torch.testing.assert_close(half.float(), plain.detach(), atol=0.03, rtol=0)


@every_kind
def test_gradients_in_any_form_count(kind, options):
    dense = torch.zeros(6, 4)
    dense[2], dense[5] = 1.0, -2.0
    forms = [
        dense,
        dense.t().contiguous().t(),
        dense.to_sparse(1),
        dense.repeat_interleave(2, 1)[:, ::2],
    ]
    weights = [nn.Parameter(torch.ones(6, 4)) for _ in forms]
    for weight, form in zip(weights, forms, strict=True):
        optimizer = kind([weight], lr=0.1, **options)
        for _ in range(3):
            weight.grad = form
            optimizer.step()
    assert all(torch.equal(weight, weights[0]) for weight in weights)
    assert not torch.equal(weights[0], torch.ones(6, 4))


def test_a_gradient_that_is_only_marked_as_negated_counts_as_negated():
    real, imaginary = nn.Parameter(torch.ones(1)), nn.Parameter(torch.ones(1))
    optimizer = SGD([real, imaginary], lr=1.0)
    for _ in range(2):
        optimizer.zero_grad()
        product = torch.complex(real, imaginary).conj() * (1 + 2j)
        torch.autograd.backward(product.real.sum())
        assert imaginary.grad.is_neg()
        optimizer.step()
    # By hand: the product's real part is real + 2 imaginary.
    assert [real.item(), imaginary.item()] == [-1.0, -3.0]


def test_a_gradient_of_zeros_without_memory_moves_nothing():
    weight = nn.Parameter(torch.ones(4))
    weight.grad = torch._efficientzerotensor(4)
    SGD([weight], lr=1.0).step()
    assert weight.tolist() == [1.0] * 4


# What changes between steps


@every_kind
@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.double(),
        lambda model: model.double().float(),
        lambda model: [p.data.mul_(2) for p in model.parameters()],
        lambda model: [setattr(p, "data", p.data.clone()) for p in model.parameters()],
        lambda model: model.load_state_dict(network(3).state_dict()),
        lambda model: model.load_state_dict(network(3).state_dict(), assign=False),
    ],
)
def test_weights_that_are_changed_moved_or_replaced_learn_on(
    without_compiled_code, kind, options, change
):
    def run():
        model = network()
        optimizer = kind(model.parameters(), lr=0.05, **options)
        learn(model, optimizer, 2)
        change(model)
        learn(model, optimizer, 2, first=2)
        return numbers(model)

    compiled = run()
    without_compiled_code()
    torch.testing.assert_close(compiled, run(), rtol=1e-5, atol=1e-6)


def test_a_weight_turned_on_its_side_is_not_read_as_it_lay():
    weight, twin = (nn.Parameter(torch.arange(9.0).reshape(3, 3)) for _ in range(2))
    optimizer, other = RMSprop([weight], lr=0.1), RMSprop([twin], lr=0.1)
    weight.grad = twin.grad = torch.ones(3, 3)
    optimizer.step()
    other.step()
    weight.data = weight.data.t()
    twin.data = twin.data.t().contiguous()
    for step in range(2):
        gradient = torch.arange(9.0).reshape(3, 3) + step
        weight.grad, twin.grad = gradient.t().contiguous().t(), gradient.clone()
        optimizer.step()
        other.step()
    torch.testing.assert_close(weight, twin)


def test_a_weight_made_smaller_is_refused_until_its_state_suits_it():
    weight = nn.Parameter(torch.ones(8))
    optimizer = RMSprop([weight], lr=0.1)
    weight.grad = torch.ones(8)
    optimizer.step()
    weight.data = weight.data[:3]
    weight.grad = torch.ones(3)
    with pytest.raises(ShapeError, match="mean_square"):
        optimizer.step()
    optimizer.state.clear()
    optimizer.step()
    assert weight.shape == (3,)


def test_a_gradient_of_another_shape_than_a_fresh_weight_is_refused():
    weight = nn.Parameter(torch.ones(8))
    weight.grad = torch.ones(8)
    weight.data = weight.data[:3]
    with pytest.raises(ShapeError, match="zero_grad"):
        SGD([weight], lr=0.1).step()


@pytest.mark.parametrize(
    "how", [lambda o: o.state.clear(), lambda o: setattr(o, "state", type(o.state)(dict))]
)
def test_a_state_that_is_emptied_begins_afresh(how):
    weight, twin = nn.Parameter(torch.ones(8)), nn.Parameter(torch.ones(8))
    optimizer = Adam([weight], lr=0.1)
    weight.grad = torch.ones(8)
    optimizer.step()
    how(optimizer)
    with torch.no_grad():
        weight.fill_(1.0)
    twin.grad = weight.grad
    optimizer.step()
    Adam([twin], lr=0.1).step()
    assert torch.equal(weight, twin)


def test_autograd_notices_that_weights_changed():
    weight = nn.Parameter(torch.ones(4))
    optimizer = SGD([weight], lr=0.1)
    loss = (weight**2).sum()
    weight.grad = torch.ones(4)
    optimizer.step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.backward(loss)


@every_kind
def test_neither_place_in_memory_nor_threads_change_a_bit(kind, options):
    def run(offset, threads):
        torch.set_num_threads(threads)
        weight = nn.Parameter(torch.zeros(1000 + offset)[offset:])
        with torch.no_grad():
            weight.copy_(torch.linspace(-1, 1, 1000))
        optimizer = kind([weight], lr=0.1, **options)
        for step in range(3):
            weight.grad = torch.empty(1003)[3 - offset : 1003 - offset]
            weight.grad.copy_(torch.linspace(2, -1, 1000).roll(step))
            optimizer.step()
        return weight.detach().clone()

    before = torch.get_num_threads()
    try:
        assert torch.equal(run(0, 1), run(3, 2))
    finally:
        torch.set_num_threads(before)


# torch's own habits


def test_hooks_run_once_around_a_step():
    weight = nn.Parameter(torch.ones(4))
    optimizer = SGD([weight], lr=0.1)
    calls = []
    before = optimizer.register_step_pre_hook(lambda *_: calls.append("before"))
    optimizer.register_step_post_hook(lambda *_: calls.append("after"))
    optimizer.step()
    assert calls == ["before", "after"]
    before.remove()
    optimizer.step()
    assert calls[2:] == ["after"]


def test_the_profiler_sees_a_step():
    weight = nn.Parameter(torch.ones(4))
    optimizer = SGD([weight], lr=0.1)
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        optimizer.step()
    assert "Optimizer.step#SGD.step" in {event.key for event in profile.key_averages()}


def test_a_scheduler_of_torch_sets_the_rate():
    weight = nn.Parameter(torch.zeros(1))
    optimizer = SGD([weight], lr=1.0)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    for _ in range(3):
        weight.grad = torch.ones(1)
        optimizer.step()
        scheduler.step()
    assert weight.item() == -1.75


def test_zero_grad_lets_go_of_gradients_or_makes_them_0():
    weight = nn.Parameter(torch.ones(4))
    optimizer = SGD([weight], lr=0.1)
    weight.grad = torch.ones(4)
    optimizer.zero_grad(set_to_none=False)
    assert weight.grad.tolist() == [0.0] * 4
    optimizer.zero_grad()
    assert weight.grad is None


def test_a_rate_can_be_a_tensor():
    weight = nn.Parameter(torch.zeros(1))
    weight.grad = torch.ones(1)
    SGD([weight], lr=torch.tensor(0.5)).step()
    assert weight.item() == -0.5


_FIT = """
import sys
import torch
from recurra import ManyToOne, Recurrent, RMSprop, Trainer
model = ManyToOne(Recurrent("lstm", 1, 3, batch_first=True), 1)
trainer = Trainer(model, torch.nn.functional.mse_loss, RMSprop(model.parameters()))
trainer.fit((torch.randn(8, 4, 1), torch.randn(8, 1)), epochs=1)
print("torch._dynamo" in sys.modules)
"""


def test_training_does_not_load_torchs_compiler_which_takes_a_second():
    found = subprocess.run([sys.executable, "-c", _FIT], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_groups_are_added_the_same_where_torchs_compiler_is_loaded():
    weights = [torch.nn.Parameter(torch.randn(3)) for _ in range(2)]
    code = "import torch._dynamo\n" + _FIT
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "True"
    optimizer = RMSprop(weights[:1], lr=0.1)
    optimizer.add_param_group({"params": weights[1:], "lr": 0.2})
    assert [group["lr"] for group in optimizer.param_groups] == [0.1, 0.2]
