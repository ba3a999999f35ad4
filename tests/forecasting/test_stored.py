import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from recurra import Forecaster
from recurra.cells import GRU, LSTM, Zoneout
from recurra.errors import CellError, ModelFileError, OutputError
from recurra.forecasting.stored import SETTINGS
from recurra.language import Cell, tanh


@pytest.fixture
def path(fitted_to_two, tmp_path):
    fitted_to_two.save(tmp_path / "model.safetensors")
    return tmp_path / "model.safetensors"


def tamper(path, change: Callable[[dict[str, Any], dict[str, torch.Tensor]], object]) -> None:
    """Rewrites a model with its description or tensors changed."""
    with safe_open(path, framework="pt") as file:
        description = json.loads(file.metadata()["recurra"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    change(description, arrays)
    save_file(arrays, path, metadata={"recurra": json.dumps(description)})


def test_a_loaded_model_forecasts_the_same_bits(fitted_to_two, path):
    loaded = Forecaster.load(path)
    expected = fitted_to_two.predict(level=[80, 95])
    assert loaded.predict(level=[80, 95]).equals(expected)
    assert loaded.predict(9).equals(fitted_to_two.predict(9))
    assert loaded.forecast_of("b", 4).tolist() == fitted_to_two.forecast_of("b", 4).tolist()


def test_a_loaded_model_has_the_same_settings_and_knows_the_same(fitted_to_two, path):
    loaded = Forecaster.load(path)
    for name in SETTINGS:
        assert getattr(loaded, name) == getattr(fitted_to_two, name)
    # All that the constructor takes is stored, or seen in the network; callbacks are code.
    rest = {*Forecaster().get_params()} - {*SETTINGS}
    assert rest == {"cell", "hidden_size", "callbacks"}
    assert (loaded.cell.name, loaded.hidden_size) == ("lstm", (8,))
    for name in ("plan_", "season_", "history_", "verdict_", "notes_", "inferred_"):
        assert getattr(loaded, name) == getattr(fitted_to_two, name)
    assert loaded.evaluation_ is None


def test_a_loaded_model_takes_a_newer_history_and_can_be_fitted_and_saved_again(
    fitted_to_two, path, frame, wave
):
    newer = frame(a=wave(64), b=1000 * wave(64, seed=1))
    loaded = Forecaster.load(path).update(newer)
    assert loaded.predict()["ds"].to_list() == [64, 65, 66, 67] * 2
    loaded.save(path)
    assert Forecaster.load(path).predict().equals(loaded.predict())
    again = loaded.fit(frame(a=wave(), b=1000 * wave(47, seed=1)))
    assert again.predict().equals(fitted_to_two.predict())


@pytest.mark.parametrize("cell", ["elman", "gru"])
def test_every_cell_and_several_layers_can_be_stored(small, frame, wave, tmp_path, cell):
    forecaster = small(cell=cell, hidden_size=(4, 3), epochs=1).fit(frame(a=wave()))
    forecaster.save(tmp_path / "model")
    loaded = Forecaster.load(tmp_path / "model")
    assert (loaded.cell.name, loaded.hidden_size) == (cell, (4, 3))
    assert loaded.predict().equals(forecaster.predict())


def test_a_file_of_the_first_format_still_loads_and_forecasts_what_it_did():
    # Written by Recurra 0.1.0, which printed these two numbers.
    loaded = Forecaster.load(Path(__file__).parent / "old" / "format_1.safetensors")
    assert (loaded.cell, loaded.hidden_size) == (GRU(), (2,))
    forecast = loaded.predict()["recurra"].to_list()
    assert forecast == pytest.approx([11.736936590345346, 11.571667342065194], rel=1e-6)


def test_a_file_of_the_second_format_still_loads_forecasts_what_it_did_and_goes_on(
    frame, wave, tmp_path
):
    # Written before there were other forms of models, by what printed these numbers.
    loaded = Forecaster.load(Path(__file__).parent / "old" / "format_2.safetensors")
    assert (loaded.cell, loaded.hidden_size) == (Zoneout(LSTM(), 0.1), (3, 2))
    assert loaded.network_ is loaded.model_.network
    forecast = loaded.predict(level=[80])
    assert forecast["recurra"].to_list() == pytest.approx(OLD_FORECAST, rel=1e-6)
    assert forecast["recurra-hi-80"].to_list() == pytest.approx(OLD_BOUND, rel=1e-6)
    # The same history anew, kept in the present format.
    loaded.update(frame(a=wave(), b=1000 * wave(47, 1))).save(tmp_path / "model")
    again = Forecaster.load(tmp_path / "model")
    assert again.predict(level=[80]).equals(forecast)
    assert again.update(frame(z=wave(10))).predict()["unique_id"].to_list() == ["z", "z"]


OLD_FORECAST = [39.4049630254148, 39.39648134233393, 41964.082381122535, 42170.67419079905]
OLD_BOUND = [45.811230680361, 49.718414939845, 48388.578908230826, 52521.978588618105]


@dataclass(frozen=True)
class Mine(Cell):
    leak: float = 0.5
    states = ("h",)

    def step(self, p, x, h):
        return self.leak * h + tanh(p.W @ x + p.U @ h + p.b)


REGULARISED = Zoneout(LSTM(), (0.1, 0.5))


@pytest.fixture(scope="module")
def own(small, frame, wave, tmp_path_factory):
    """A model with a cell of one's own: the forecaster, and its file."""
    forecaster = small(cell=Mine(), hidden_size=3, epochs=1).fit(frame(a=wave()))
    path = tmp_path_factory.mktemp("own") / "model"
    forecaster.save(path)
    return forecaster, path


def test_a_model_with_a_regularised_cell_loads_by_itself(small, frame, wave, tmp_path):
    forecaster = small(cell=REGULARISED, hidden_size=3, epochs=1).fit(frame(a=wave()))
    forecaster.save(tmp_path / "model")
    loaded = Forecaster.load(tmp_path / "model")
    assert loaded.cell == REGULARISED
    assert loaded.predict().equals(forecaster.predict())


def test_a_model_with_a_cell_of_ones_own_loads_with_that_cell(own):
    forecaster, path = own
    loaded = Forecaster.load(path, cell=Mine())
    assert loaded.cell == Mine()
    assert loaded.predict(level=[80]).equals(forecaster.predict(level=[80]))
    loaded.save(path)
    assert Forecaster.load(path, cell=Mine()).predict().equals(forecaster.predict())


def test_without_it_the_error_says_which_cell_and_shows_its_equations(own, assert_helpful):
    with pytest.raises(ModelFileError) as caught:
        Forecaster.load(own[1])
    said = "hₜ = 0.5 hₜ₋₁ + tanh(W xₜ + U hₜ₋₁ + b)"
    assert_helpful(caught.value, str(own[1]), "Mine(leak=0.5)", said, "--cell")


def test_another_cell_is_refused_with_what_differs(own, assert_helpful):
    with pytest.raises(ModelFileError) as caught:
        Forecaster.load(own[1], cell=Mine(0.25))
    assert_helpful(caught.value, str(own[1]), "leak=0.5 in the file, leak=0.25 given")


@pytest.mark.parametrize("given", [Mine, "lstm", 3])
def test_what_is_no_cell_is_no_fault_of_the_file(own, given):
    with pytest.raises(CellError, match="cell=") as caught:
        Forecaster.load(own[1], cell=given)
    assert caught.value.do == (
        "write Mine()" if given is Mine else "leave it out if it is none of your own"
    )


def test_a_cell_that_cannot_be_read_is_no_fault_of_the_file(own):
    broken = type("Broken", (Mine,), {"step": lambda self, p, x, h: h + 1j})()
    with pytest.raises(CellError, match="cell Broken"):
        Forecaster.load(own[1], cell=broken)


def test_a_file_of_an_own_cell_names_no_code_to_run(own):
    with safe_open(own[1], framework="pt") as file:
        network = json.loads(file.metadata()["recurra"])["model"]["network"]
    assert network["cell"] == "Mine"
    assert __name__ not in json.dumps(network)


def test_constant_series_and_months_and_settings_of_numpy_can_be_stored(small, tmp_path, wave):
    months = [f"{year}-{month:02d}" for year in range(2015, 2020) for month in range(1, 13)]
    table = pl.DataFrame({"ds": months, "y": np.full(60, 5.0)})
    forecaster = small(seed=np.int64(3), horizon=np.int32(4), learning_rate=np.float32(0.5))
    forecaster.fit(table).save(tmp_path / "model")
    forecast = Forecaster.load(tmp_path / "model").predict()
    assert forecast["recurra"].to_list() == [5.0] * 4
    assert forecast["ds"].to_list() == ["2020-01", "2020-02", "2020-03", "2020-04"]


def test_a_model_that_cannot_be_written_says_so_and_leaves_nothing(fitted, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        fitted.save(tmp_path / "file" / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def changes() -> dict[str, Callable[[dict[str, Any], dict[str, torch.Tensor]], object]]:
    """What someone or something may have done to a file, by a name each."""
    shorter, bias = "tails.values", "model.network.head.bias"
    return {
        **{f"without {name}": lambda d, a, name=name: d.pop(name) for name in (
            "form", "settings", "model", "plan", "season", "columns", "frequency", "times",
            "series", "history", "verdict", "inferred",
        )},
        **{f"{name} a text": lambda d, a, name=name: d.update({name: "x"}) for name in (
            "form", "settings", "model", "plan", "season", "columns", "frequency", "times",
            "history", "inferred",
        )},
        **{f"a model without {name}": lambda d, a, name=name: d["model"].pop(name) for name in (
            "network", "lookback", "lag", "series",
        )},
        **{f"without {name}": lambda d, a, name=name: a.pop(name) for name in (
            "tails.seen", "model.mean", "model.spread",
        )},
        "an unknown setting": lambda d, a: d["settings"].update(colour="red"),
        "an unknown cell": lambda d, a: d["model"]["network"].update(cell="os"),
        "an own cell without equations": lambda d, a: d["model"]["network"].update(cell="Mine"),
        "an own cell with half a description": lambda d, a: d["model"]["network"].update(
            cell_options={"cell": {"equations": []}}
        ),
        "a module as a cell": lambda d, a: d["model"]["network"].update(cell="os.system"),
        "a regulariser of nothing": lambda d, a: d["model"]["network"].update(cell="Zoneout"),
        "no regulariser": lambda d, a: d["model"]["network"].update(cell="Wrapper"),
        "a cell of another size": lambda d, a: d["model"]["network"].update(hidden_size=[9]),
        "no units": lambda d, a: d["model"]["network"].update(hidden_size=[]),
        "another lookback": lambda d, a: d["model"].update(lookback=5),
        "a lag beyond the lookback": lambda d, a: d["model"].update(lag=7),
        "a lag of 0": lambda d, a: d["model"].update(lag=0),
        "a series more": lambda d, a: d["series"].append("c"),
        "a series less": lambda d, a: d["series"].pop(),
        "a series that the model does not know": lambda d, a: d["series"].__setitem__(0, "c"),
        "a model of a series more": lambda d, a: d["model"]["series"].append("c"),
        "a form that there is not": lambda d, a: d.update(form="segmentwise"),
        "a weight that is no number": lambda d, a: a[bias].fill_(torch.nan),
        "a missing weight": lambda d, a: a.pop(bias),
        "a weight of another shape": lambda d, a: a.update({bias: torch.zeros(3)}),
        "no errors": lambda d, a: a.pop("calibration.errors"),
        "shorter ends": lambda d, a: a.update({shorter: a[shorter][:, 1:].contiguous()}),
        "fewer origins": lambda d, a: a.update({"tails.origin": a["tails.origin"][:1].clone()}),
    }  # fmt: skip


@pytest.mark.parametrize("change", changes())
def test_a_file_that_was_tampered_with_is_refused_in_words(path, change):
    tamper(path, changes()[change])
    with pytest.raises(ModelFileError, match="does not hold together") as caught:
        Forecaster.load(path)
    assert "fit again" in caught.value.do
    assert "Traceback" not in str(caught.value)


def test_a_file_that_was_only_rewritten_is_taken(fitted_to_two, path):
    tamper(path, lambda description, arrays: None)
    assert Forecaster.load(path).predict().equals(fitted_to_two.predict())


def test_a_flipped_byte_in_the_header_never_ends_in_another_error(path):
    content = path.read_bytes()
    header = int.from_bytes(content[:8], "little")
    for place in range(0, header, 97):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        try:
            Forecaster.load(path)
        except ModelFileError as error:
            assert str(path) in str(error)  # noqa: PT017
