"""Which action a video shows."""

from recurra.applications.action.videos.classifier import VideoClassifier
from recurra.applications.action.videos.reading import Videos, holds_videos, read_videos

__all__ = ["VideoClassifier", "Videos", "holds_videos", "read_videos"]
