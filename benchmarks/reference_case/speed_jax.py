"""Plain JAX: jax.lax.scan over time, a jitted step of training, RMSprop written by hand."""

import os
import time
from typing import Any

import case
import jax
import jax.numpy as jnp
import numpy as np
import speed_told
from jax import Array

Weights = dict[str, Any]
RHO, EPSILON = 0.9, 1e-7


def drawn(rng: np.random.Generator, inputs: int, units: int) -> dict[str, Array]:
    """An LSTM's weights, uniform within 1 / sqrt(H) as torch draws them."""
    bound = units**-0.5
    sizes = {"W": (inputs, 4 * units), "U": (units, 4 * units), "b": (4 * units,)}
    return {
        name: jnp.asarray(rng.uniform(-bound, bound, size), jnp.float32)
        for name, size in sizes.items()
    }


def first_weights(seed: int) -> Weights:
    rng = np.random.default_rng(seed)
    first, second = case.HIDDEN
    bound = second**-0.5
    return {
        "first": drawn(rng, 1, first),
        "second": drawn(rng, first, second),
        "dense": jnp.asarray(rng.uniform(-bound, bound, (second, 1)), jnp.float32),
        "bias": jnp.zeros(1),
    }


def lstm(w: dict[str, Array], x: Array) -> Array:
    """(T, B, I) to (T, B, H)."""

    def step(state: tuple[Array, Array], now: Array) -> tuple[tuple[Array, Array], Array]:
        h, c = state
        i, f, g, o = jnp.split(now @ w["W"] + h @ w["U"] + w["b"], 4, axis=-1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    zero = jnp.zeros((x.shape[1], w["U"].shape[0]))
    return jax.lax.scan(step, (zero, zero), x)[1]


def network(w: Weights, x: Array) -> Array:
    """(B, T, 1) to (B, 1)."""
    hidden = lstm(w["second"], lstm(w["first"], x.transpose(1, 0, 2)))
    return hidden[-1] @ w["dense"] + w["bias"]


def loss(w: Weights, x: Array, y: Array) -> Array:
    return jnp.mean((network(w, x) - y) ** 2)


@jax.jit
def train_step(w: Weights, squares: Weights, x: Array, y: Array) -> tuple[Weights, Weights]:
    gradients = jax.grad(loss)(w, x, y)
    squares = jax.tree.map(lambda s, g: RHO * s + (1 - RHO) * g * g, squares, gradients)
    return (
        jax.tree.map(
            lambda v, g, s: v - case.LEARNING_RATE * g / jnp.sqrt(s + EPSILON),
            w,
            gradients,
            squares,
        ),
        squares,
    )


def main() -> None:
    data = case.build(speed_told.SCALE)
    rng = np.random.default_rng(0)
    weights = first_weights(0)
    squares = jax.tree.map(jnp.zeros_like, weights)
    validate, predict = jax.jit(loss), jax.jit(network)
    seconds = []
    for _ in range(speed_told.epochs()):
        start = time.perf_counter()
        order = rng.permutation(len(data.train.inputs))
        for at in range(0, len(order), case.BATCH):
            batch = order[at : at + case.BATCH]
            x, y = data.train.inputs[batch], data.train.targets[batch]
            weights, squares = train_step(weights, squares, x, y)
        float(validate(weights, data.validation.inputs, data.validation.targets))
        seconds.append(time.perf_counter() - start)
    mse = case.test_mse(data, np.asarray(predict(weights, data.test.inputs)))
    versions = f"JAX {jax.__version__}, {speed_told.python()}"
    threads = f"XLA's default for {os.cpu_count()} cores"
    speed_told.tell(speed_told.Told(seconds, mse, threads, versions))


if __name__ == "__main__":
    main()
