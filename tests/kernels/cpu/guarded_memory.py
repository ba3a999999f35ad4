"""Memory between pages that may not be touched, for all that compiled code reads and writes.

An access beyond an array ends the process.
"""

import ctypes
import mmap
from dataclasses import replace
from itertools import count

import torch

from recurra.kernels.cpu import backward, frame, kernel, op, runs
from recurra.kernels.cpu.memory import Room
from recurra.kernels.philox import Stream

PAGE = mmap.PAGESIZE
POISON = 0xFF
"""Bytes that are no number in any type of number."""

_NOTHING = 0
_FAILED = ctypes.c_void_p(-1).value
_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.mmap.restype = ctypes.c_void_p
_LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
_LIBC.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_LIBC.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]


class Memory:
    """Where arrays are laid.

    ``ends`` says whether they end where the next page may not be touched, or start behind one.
    """

    def __init__(self, *, ends):
        self.ends = ends
        self.maps = []

    def offset(self, size):
        """How far from the start of its pages something of so many bytes lies."""
        return -size % PAGE if self.ends else 0

    def pages(self, number):
        """The address of so many poisoned pages."""
        size, access = number * PAGE, mmap.PROT_READ | mmap.PROT_WRITE
        address = _LIBC.mmap(None, size, access, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
        assert address not in {None, _FAILED}, ctypes.get_errno()
        self.maps.append((address, size))
        ctypes.memset(address, POISON, size)
        return address

    def release(self):
        """Gives all of it back; nobody may use it any more."""
        kernel._network.cache_clear()
        for address, size in self.maps:
            _LIBC.munmap(address, size)
        self.maps.clear()
        GuardedRoom.known.clear()
        GuardedRoom.numbers = count()

    def empty(self, shape, dtype):
        """A poisoned tensor between two guards."""
        number = torch.Size(shape if isinstance(shape, tuple | list) else (shape,)).numel()
        size = number * dtype.itemsize
        within = -(-size // PAGE)
        address = self.pages(within + 2)
        guard(address)
        guard(address + (within + 1) * PAGE)
        return _tensor(address + PAGE + self.offset(size), number, dtype).view(shape)

    def copied(self, tensor):
        """The same numbers between two guards, no number more than the tensor spans."""
        if tensor is None or not tensor.numel():
            return tensor
        pairs = zip(tensor.shape, tensor.stride(), strict=True)
        span = 1 + sum((length - 1) * stride for length, stride in pairs)
        laid = self.empty(span, tensor.dtype)
        laid.copy_(tensor.detach().as_strided((span,), (1,)))
        return laid.as_strided(tensor.shape, tensor.stride())

    def dealt(self, size):
        """Bytes that a room deals out, a guard between any two arrays."""
        room = GuardedRoom.known[size % PAGE]
        assert room.bytes == size
        address = self.pages(room.pages + 1)
        for hole in (*room.holes, room.pages):
            guard(address + hole * PAGE)
        return _tensor(address, size, torch.uint8)


class GuardedRoom(Room):
    """Deals out whole pages with a guard before each array and one at the end."""

    memory = None
    known = {}  # noqa: RUF012 - the rooms by the number that their size ends with
    numbers = count()

    def __init__(self, base, size):
        self.base, self.size = base, size
        self.pages, self.holes = 0, []
        self.number = next(self.numbers)
        self.known[self.number] = self

    @property
    def bytes(self):
        """A size that tells which room it is."""
        assert self.number < PAGE
        return self.pages * PAGE + self.number

    def take(self, *shape):
        size = torch.Size(shape).numel() * self.size
        start = self.pages + 1
        self.holes.append(self.pages)
        self.pages = start - (-size // PAGE)
        offset = start * PAGE + self.memory.offset(size)
        return replace(Room(self.base, self.size).take(*shape), offset=offset)


def guard(address):
    """Forbids any access to a page."""
    assert _LIBC.mprotect(address, PAGE, _NOTHING) == 0, ctypes.get_errno()


def _tensor(address, number, dtype):
    if not number:
        return torch.empty(0, dtype=dtype)
    whole = (ctypes.c_char * (number * dtype.itemsize)).from_address(address)
    return torch.frombuffer(whole, dtype=dtype)


class _Torch:
    """torch, but for where it makes tensors."""

    def __init__(self, memory):
        self.memory = memory

    def __getattr__(self, name):
        return getattr(torch, name)

    def empty(self, shape, dtype, device):
        return self.memory.empty(shape, dtype)

    def empty_like(self, tensor, memory_format=torch.preserve_format):
        return self.memory.copied(torch.full_like(tensor, torch.nan, memory_format=memory_format))

    def zeros(self, shape, dtype, device):
        return self.memory.copied(torch.zeros(shape, dtype=dtype))

    def tensor(self, values, dtype, device):
        return self.memory.copied(torch.tensor(values, dtype=dtype))


def install(memory):
    """From now on compiled code works in such memory alone, networks prepared before excepted."""
    GuardedRoom.memory = memory
    frame.Room = backward.Room = GuardedRoom
    runs.torch = _Torch(memory)
    runs.memory = runs.lent = memory.dealt
    kernel._network.cache_clear()
    runs.marks = _guarded_marks(memory, runs.marks)
    op.forwards, op.backwards = _forwards(memory), _backwards(memory)


def _guarded_marks(memory, marks):
    def guarded(given, truncate):
        return {name: memory.copied(one) for name, one in marks(given, truncate).items()}

    return guarded


def _forwards(memory):
    def forwards(run, given):
        return runs.forwards(run, _given(memory, given))

    return forwards


def _backwards(memory):
    def backwards(run, given, results, arriving, wanted):
        arriving = tuple(memory.copied(one) for one in arriving)
        return runs.backwards(run, _given(memory, given), results, arriving, wanted)

    return backwards


def _given(memory, given):
    streams = given.streams and tuple(
        Stream(one.seed, one.place, memory.copied(one.rows), memory.copied(one.steps))
        for one in given.streams
    )
    return type(given)(
        memory.copied(given.x),
        tuple(map(memory.copied, given.parameters)),
        tuple(map(memory.copied, given.others)),
        tuple(map(memory.copied, given.states)),
        given.lengths,
        given.resets,
        streams,
    )
