"""Matrices derived from parameters in NumPy, and their gradients' way back to the parameters."""

import numpy as np

from recurra.language import matrices


def value(matrix, shape, parameters):
    """The matrix, of that many rows and columns."""
    match matrix:
        case matrices.Whole(name):
            return parameters[name]
        case matrices.Identity():
            return np.eye(*shape)
        case matrices.Transposed(of):
            return value(of, shape[::-1], parameters).T
        case matrices.Scaled(of, factor):
            return factor * value(of, shape, parameters)
        case matrices.Sum(first, second, sign):
            return value(first, shape, parameters) + sign * value(second, shape, parameters)
        case matrices.BlockUpper(of, blocks):
            return _upper(value(of, shape, parameters), blocks)
        case matrices.BlockDiagonal(of, blocks):
            stored = value(of, (shape[0], shape[1] // blocks), parameters)
            whole = np.zeros(shape)
            for rows, columns in _diagonal(shape, blocks):
                whole[rows, columns] = stored[rows]
            return whole
    raise AssertionError(matrix)


def pull_back(matrix, gradient, gradients):
    """Adds to ``gradients`` what the gradient of the matrix makes of those of its parameters."""
    match matrix:
        case matrices.Whole(name):
            gradients[name] += gradient
        case matrices.Identity():
            pass
        case matrices.Transposed(of):
            pull_back(of, gradient.T, gradients)
        case matrices.Scaled(of, factor):
            pull_back(of, factor * gradient, gradients)
        case matrices.Sum(first, second, sign):
            pull_back(first, gradient, gradients)
            pull_back(second, sign * gradient, gradients)
        case matrices.BlockUpper(of, blocks):
            pull_back(of, _upper(gradient, blocks), gradients)
        case matrices.BlockDiagonal(of, blocks):
            parts = [gradient[rows, columns] for rows, columns in _diagonal(gradient.shape, blocks)]
            pull_back(of, np.concatenate(parts), gradients)
        case _:
            raise AssertionError(matrix)


def _upper(matrix, blocks):
    """A copy with zeros before each block of the diagonal."""
    upper = matrix.copy()
    for rows, columns in _diagonal(matrix.shape, blocks):
        upper[rows, : columns.start] = 0
    return upper


def _diagonal(shape, blocks):
    """The rows and columns of each block on the diagonal."""
    height, width = (size // blocks for size in shape)
    for block in range(blocks):
        yield (
            slice(block * height, (block + 1) * height),
            slice(block * width, (block + 1) * width),
        )
