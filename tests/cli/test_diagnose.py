"""``recurra diagnose``: how far back a kept model remembers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from recurra.cli.diagnose import diagnose
from recurra.forecasting import Forecaster
from recurra.forecasting.files import read_table
from recurra.own import load_cell

app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
app.command()(diagnose)


def _call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def model(sales: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model of the sales, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return _fitted(sales)


def _fitted(data: Path, **options: Any) -> Path:
    path = Path("model.safetensors")
    fitted = Forecaster(hidden_size=4, epochs=1, horizon=6, **options).fit(read_table(data))
    fitted.save(path)
    return path


def test_it_says_how_far_back_the_model_remembers_and_draws_it(model: Path, sales: Path) -> None:
    result = _call(model, sales, "--needs", 12, "--out", "pictures/sales.png")
    assert result.exit_code == 0, result.output
    assert "needs 12" in result.stdout or "after 12 steps" in result.stdout
    assert "layer 0" in result.stdout
    assert "lstm forecaster of sales" in result.stderr
    assert "32 windows of" in result.stderr
    assert "Picture: pictures/sales.png" in result.stderr
    assert Path("pictures/sales.png").read_bytes()[:4] == b"\x89PNG"


def test_as_json_it_prints_figures_and_nothing_else(model: Path, sales: Path) -> None:
    result = _call(model, sales, "--json")
    figures = json.loads(result.stdout)
    assert figures["kind"] in {"vanishing", "exploding", "neutral"}
    assert figures["layers"][0]["cell"] == "lstm"
    assert Path("diagnosis.png").is_file()


def test_the_windows_are_those_that_the_model_forecasts_from(model: Path, sales: Path) -> None:
    forecaster = Forecaster.load(model)
    reach = forecaster.model_.reach
    lines = sales.read_text().splitlines()
    Path("one.csv").write_text("\n".join([lines[0], *lines[-reach - 1 :]]))
    figures = json.loads(_call(model, "one.csv", "--json").stdout)
    assert figures["steps"] == forecaster.plan_.lookback
    # One window alone: the loss is that of the forecast of the last value from those before.
    Path("before.csv").write_text("\n".join([lines[0], *lines[-reach - 1 : -1]]))
    forecaster.update(read_table(Path("before.csv")))
    error = float(lines[-1].split(",")[1]) - forecaster.predict(1)["recurra"][0]
    _, deviation, _, spread = forecaster.model_.known.rows[0]
    standard = error / deviation / spread
    assert figures["loss"] == pytest.approx(standard**2, rel=1e-3)


def test_a_model_that_was_never_trained_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("flat.csv").write_text(
        "month,sales\n" + "\n".join(f"20{10 + n // 12}-{n % 12 + 1:02}-01,5" for n in range(60))
    )
    found = _call(_fitted(Path("flat.csv")), "flat.csv")
    assert found.exit_code == 0, found.output
    assert "never trained: these are its first weights" in found.stderr
    assert "the input never changes" in found.stdout.replace("\n  ", " ")


def test_a_model_with_a_cell_of_ones_own_needs_that_cell(
    model: Path, sales: Path, own: Path
) -> None:
    cell = f"{own}:MinimalGated"
    model = _fitted(sales, cell=load_cell(cell))
    assert _call(model, sales, "--cell", cell).exit_code == 0
    missing = _call(model, sales)
    assert missing.exit_code == 1
    assert "a cell of your own" in missing.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read as a model"),
        (b"not a model", "cannot be read as a model"),
        (None, "no model file"),
    ],
)
def test_a_model_file_that_is_none_is_refused_in_words(
    model: Path, sales: Path, content: bytes | None, said: str
) -> None:
    if content is None:
        model.unlink()
    else:
        model.write_bytes(content)
    result = _call(model, sales)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not Path("diagnosis.png").exists()


def test_a_damaged_model_file_is_refused_in_words(model: Path, sales: Path) -> None:
    content = model.read_bytes()
    model.write_bytes(content[: len(content) // 2])
    result = _call(model, sales)
    assert result.exit_code == 1
    assert "cannot be read as a model" in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "missing.csv"),
        ("", "data.csv"),
        ("month,profit\n2020-01-01,1\n2020-02-01,2\n2020-03-01,3\n", "sales"),
        ("month,sales\n2020-01-01,1\n2020-02-01,x\n2020-03-01,3\n", "sales"),
        ("month,sales\n2020-01-01,1\n2020-02-01,2\n2020-03-01,3\n", "looks back"),
    ],
)
def test_data_that_cannot_be_used_are_refused_in_words(
    model: Path, content: str | None, said: str
) -> None:
    path = Path("missing.csv" if content is None else "data.csv")
    if content is not None:
        path.write_text(content)
    result = _call(model, path)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_data_of_just_what_the_model_sees_leave_no_target(model: Path, sales: Path) -> None:
    reach = Forecaster.load(model).model_.reach
    Path("few.csv").write_text("\n".join(sales.read_text().splitlines()[: reach + 1]))
    result = _call(model, "few.csv")
    assert result.exit_code == 1
    assert f"at least {reach + 1} points" in result.stderr


def test_options_out_of_range_and_unwritable_pictures_are_refused(model: Path, sales: Path) -> None:
    wrong = _call(model, sales, "--needs", 0)
    assert wrong.exit_code == 2
    assert "needs=0" in wrong.stderr
    unwritable = _call(model, sales, "--out", sales / "inside.png")
    assert unwritable.exit_code == 1
    assert "cannot be written" in unwritable.stderr
    assert not unwritable.stdout


def test_a_model_of_a_form_that_cannot_be_examined_is_refused_with_what_to_do(
    model: Path, sales: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other:
        form, cell = "other", "lstm"

    def load(path: Path, cell: Any = None) -> Any:
        forecaster = real(path, cell=cell)
        forecaster.model_ = Other()
        return forecaster

    real = Forecaster.load
    monkeypatch.setattr(Forecaster, "load", load)
    result = _call(model, sales)
    assert result.exit_code == 2
    assert "a model of the form 'other'" in result.stderr
    assert "strategy 'recursive'" in result.stderr
    assert not Path("diagnosis.png").exists()


def test_help_is_quick_and_says_what_it_does() -> None:
    result = _call("--help")
    assert result.exit_code == 0
    assert "how far back a MODEL" in result.output
