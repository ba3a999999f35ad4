"""Your own data as a task: each kind is called as the command that learns from it in earnest."""

from recurra.studies.material import Task
from recurra.studies.tasks.yours import forecast, music, sentiment, series_class, text

TASKS = {
    "forecast": Task(
        "Forecast: your series, each value one step ahead",
        "mse",
        forecast.read,
        whole=True,
        columns=("time", "target", "id"),
    ),
    "series-class": Task(
        "Classes of your series",
        "wrong",
        series_class.read,
        whole=True,
        columns=("series", "time", "label"),
    ),
    "sentiment": Task(
        "Classes of your texts", "wrong", sentiment.read, whole=True, columns=("text", "label")
    ),
    "text": Task("Your text: each letter foretold", "nats", text.read, whole=True),
    "music": Task("Your music: the keys of each step foretold", "nats", music.read, whole=True),
}
