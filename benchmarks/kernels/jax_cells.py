"""The cells of torch.nn as one writes them for jax.lax.scan; run by the Python that has JAX."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import jax
import jax.numpy as jnp
from jax import Array

Weights = Mapping[str, Array]
State = tuple[Array, ...]
Cell = Callable[[Weights, State, Array], State]
"""The states after a step, of which the first is the output."""


def lstm(w: Weights, state: State, x: Array) -> State:
    """Input, forget, candidate and output, as torch stacks them."""
    h, c = state
    z = x @ w["weight_ih_l0"].T + h @ w["weight_hh_l0"].T + w["bias_ih_l0"] + w["bias_hh_l0"]
    i, f, g, o = jnp.split(z, 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def gru(w: Weights, state: State, x: Array) -> State:
    """Reset, update and candidate; the reset acts after the product, as torch has it."""
    (h,) = state
    r_x, z_x, n_x = jnp.split(x @ w["weight_ih_l0"].T + w["bias_ih_l0"], 3, axis=-1)
    r_h, z_h, n_h = jnp.split(h @ w["weight_hh_l0"].T + w["bias_hh_l0"], 3, axis=-1)
    z = jax.nn.sigmoid(z_x + z_h)
    n = jnp.tanh(n_x + jax.nn.sigmoid(r_x + r_h) * n_h)
    return ((1 - z) * n + z * h,)


def rnn(w: Weights, state: State, x: Array) -> State:
    """The plain recurrent network."""
    (h,) = state
    z = x @ w["weight_ih_l0"].T + h @ w["weight_hh_l0"].T + w["bias_ih_l0"] + w["bias_hh_l0"]
    return (jnp.tanh(z),)


CELLS: dict[str, Cell] = {"LSTM": lstm, "GRU": gru, "RNN": rnn}


def outputs(cell: Cell, w: Weights, state: State, x: Array) -> Array:
    """The output at every step, (T, B, H)."""

    def step(carried: State, now: Array) -> tuple[State, Array]:
        after = cell(w, carried, now)
        return after, after[0]

    return jax.lax.scan(step, state, x)[1]
