"""Times as NetEase's platforms write them: 2026-09-18 17:30:00, China time."""

from datetime import datetime
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
TIME = "%Y-%m-%d %H:%M:%S"


def stamp(moment: datetime) -> str:
    """A moment as the platforms write it."""
    return moment.astimezone(CHINA).strftime(TIME)


def moment(text: str) -> datetime:
    """A moment as a platform wrote it. Raises ValueError."""
    return datetime.strptime(text, TIME).replace(tzinfo=CHINA)
