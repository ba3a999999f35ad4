"""What tells the data of a study from others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from recurra.studies import tasks
from recurra.studies.declaration import Study
from recurra.studies.tasks.yours.holding_out import own_test


def of_data(study: Study, data: Path | None) -> str:
    """The size and digest of all that is read.

    Of a file the content counts, of a folder the names within it too: what was moved or renamed is
    the same still. A test part that lies beside a file called ``...train...`` is part of it.

    Args:
        study: Which.
        data: A file or a folder, which is there and can be read.

    Returns:
        Some words; empty if no task is of whatever ``data`` names.
    """
    if data is None or not any(tasks.find(name).whole for name in study.tasks):
        return ""
    digest, size = hashlib.sha256(), 0
    for name, path in _files(data):
        content = path.read_bytes()
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
        size += len(content)
    return f"{size:,} bytes, sha256 {digest.hexdigest()[:16]}"


def _files(data: Path) -> Iterator[tuple[Path, Path]]:
    """Each file by its name within what it belongs to."""
    for root in filter(None, (data, own_test(data))):
        within = (
            sorted(one for one in root.rglob("*") if one.is_file()) if root.is_dir() else [root]
        )
        for one in within:
            yield one.relative_to(root), one
