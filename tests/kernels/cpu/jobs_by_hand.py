"""Jobs of the library run on numpy arrays, and matrices laid as they read them."""

import ctypes

import numpy as np

from recurra.kernels.cpu.library import library
from recurra.kernels.cpu.target import kind

NUMBERS = ("float32", "float64")
MARGIN = 64


def run_job(number, name, keys, values, parts=1):
    """Runs all parts of a job for a type of number; arguments are arrays or whole numbers."""
    keys = [*keys]
    table = np.zeros(len(keys), np.int64)
    for key, value in values.items():
        is_array = isinstance(value, np.ndarray)
        table[keys.index(key)] = value.ctypes.data if is_array else value
    call(number, name, [(table, part, parts) for part in range(parts)])


def call(number, name, calls):
    """Calls a function of the library; arrays are given by address."""
    shapes = [ctypes.c_void_p if isinstance(a, np.ndarray) else ctypes.c_int64 for a in calls[0]]
    function = library(number).code.function(name, shapes)
    for arguments in calls:
        function(*[a.ctypes.data if isinstance(a, np.ndarray) else a for a in arguments])


def drawn(*shape, number, seed=0):
    """Numbers drawn at random."""
    return np.random.default_rng(seed).normal(size=shape).astype(number)


def by(array, axis):
    """How many numbers lie from one place of an axis to the next."""
    return array.strides[axis] // array.itemsize


class Framed:
    """An array of no numbers amid others, to see that nothing is written beside it.

    ``apart`` is how many numbers lie between its rows.
    """

    def __init__(self, *shape, number, apart=0):
        self.shape, self.width = (*shape[:-1], shape[-1] + apart), shape[-1]
        self.whole = np.full(int(np.prod(self.shape)) + 2 * MARGIN, np.nan, number)
        self.array = self._within(self.whole)

    def written_beside(self):
        """Whether anything but the array is a number."""
        beside = self.whole.copy()
        self._within(beside)[:] = np.nan
        return not np.isnan(beside).all()

    def _within(self, whole):
        return whole[MARGIN : len(whole) - MARGIN].reshape(self.shape)[..., : self.width]


def laid(stacks, blocks, number):
    """Matrices (units, depth) as a product of several blocks of units reads them.

    ``stacks`` are the matrices side by side for each operand, one operand below the other.
    """
    lanes = kind(number).lanes
    height = lanes * blocks
    units = stacks[0][0].shape[0]
    depth = sum(side[0].shape[1] for side in stacks)
    whole = np.zeros((-(-units // height), depth, blocks, len(stacks[0]), lanes), number)
    for unit in range(units):
        group, block, lane = unit // height, unit % height // lanes, unit % lanes
        for column in range(len(stacks[0])):
            row = np.concatenate([side[column][unit] for side in stacks])
            whole[group, :, block, column, lane] = row
    return whole


def close(found, wanted, scale, number):
    """Whether sums of products are as near to exact ones as their type can tell."""
    return (np.abs(found - wanted) <= 4 * np.finfo(number).eps * scale).all()
