"""Compiled code on disk: found again, made anew when damaged, trusted only where it is safe."""

import subprocess
import sys

import pytest

from recurra.kernels.cpu import cache

TEXT = """
define void @nothing(ptr %table, i64 %thread) { ret void }
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("RECURRA_CACHE", str(tmp_path))
    cache.folder.cache_clear()
    yield tmp_path / "code"
    cache.folder.cache_clear()


def _never():
    raise AssertionError("compiled again")


def test_code_is_compiled_once(place):
    cache.kept("one", lambda: TEXT)
    assert cache.kept("one", _never).address("nothing")
    assert len(list(place.glob("*.o"))) == 1


@pytest.mark.parametrize("damage", [b"", b"short", None], ids=["empty", "short", "one bit"])
def test_a_damaged_file_is_made_anew(place, damage):
    whole = cache.kept("one", lambda: TEXT).object
    (file,) = place.glob("*.o")
    data = file.read_bytes()
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if damage is None else damage)
    with pytest.raises(AssertionError, match="compiled again"):
        cache.kept("one", _never)
    assert cache.kept("one", lambda: TEXT).object == whole
    assert cache.kept("one", _never).address("nothing")


def test_a_folder_that_others_can_write_to_is_not_trusted_and_that_is_said(place):
    place.mkdir(parents=True)
    place.chmod(0o777)
    with pytest.warns(UserWarning, match="others could have written there"):
        assert cache.kept("one", lambda: TEXT).address("nothing")
    assert not list(place.glob("*"))


def test_the_folder_is_the_users_alone(place):
    cache.kept("one", lambda: TEXT)
    assert place.stat().st_mode & 0o777 == 0o700


def test_the_oldest_code_makes_room(place, monkeypatch):
    cache.kept("one", lambda: TEXT)
    (first,) = place.glob("*.o")
    monkeypatch.setattr(cache, "_LARGEST", first.stat().st_size + 10)
    cache.kept("two", lambda: TEXT)
    assert first not in place.glob("*.o")
    assert len(list(place.glob("*.o"))) == 1


def test_processes_that_start_at_once_all_succeed(place):
    program = (
        "import torch\nfrom recurra import LSTM\nprint(LSTM(2, 3)(torch.zeros(2, 1, 2))[0].shape)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) for _ in range(4)
    ]
    for process in running:
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        assert b"[2, 1, 3]" in said
