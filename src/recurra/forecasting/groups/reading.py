"""A model of groups made again of what a file holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from recurra.errors import ShapeError
from recurra.forecasting.groups.model import GroupedModel, Member
from recurra.forecasting.model import Reader
from recurra.language import Cell


def reader(readers: Mapping[str, Reader]) -> Reader:
    """Reads models of groups, each group's by one of these, by the name of its form."""

    def read(
        description: Mapping[str, Any], arrays: Mapping[str, Tensor], cell: Cell | None
    ) -> tuple[GroupedModel, dict[str, Any]]:
        read = [
            readers[told["form"]](told["model"], _under(f"group.{number}.", arrays), cell)
            for number, told in enumerate(description["groups"])
        ]
        groups = tuple(tuple(told["name"]) for told in description["groups"])
        members = [Member(int(group), int(row)) for group, row in description["members"]]
        ids, models = [*description["series"]], tuple(model for model, _ in read)
        _check(models, members, ids)
        sizes = {repr(options["hidden_size"]) for _, options in read}
        # Sizes that follow from the data of each group are no single option.
        same = read[0][1] if len(sizes) == 1 else {**read[0][1], "hidden_size": None}
        return GroupedModel(groups, models, members, ids), same

    return read


def _under(prefix: str, arrays: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): arrays[name] for name in arrays if name.startswith(prefix)}


def _check(models: tuple[Any, ...], members: list[Member], ids: list[str]) -> None:
    known = [len(model.ids) for model in models]
    fits = all(0 <= one.group < len(known) and 0 <= one.row < known[one.group] for one in members)
    if len(members) != len(ids) or not fits:
        raise ShapeError(f"{len(members)} members of {len(known)} groups, and {len(ids)} series")
