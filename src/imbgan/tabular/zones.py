"""Time zones as text, for saved documents: named ones by their name, the others by their offset."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_ANY_TIME = datetime(2000, 1, 1)
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)(?::(\d\d))?(?: (.+))?", re.DOTALL)


def zone_text(zone: tzinfo) -> str:
    """Return the text that :func:`zone_from_text` reads; empty for a zone that has neither name nor fixed offset.

    A zone of `dateutil` becomes "dateutil/" and its name, its local zone "tzlocal()", as pandas writes them. An offset
    becomes "+05:30", followed by its own name if it has one.
    """
    kind, module = type(zone).__name__, type(zone).__module__
    # ZoneInfo and dateutil call it key, pytz calls it zone.
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if module.startswith("dateutil"):
        if kind == "tzlocal":
            return "tzlocal()"
        name = name or _name_in_path(getattr(zone, "_filename", None))
        if kind == "tzfile":
            return f"dateutil/{name}" if name else ""
    if isinstance(name, str) and name:
        return name
    # Those of dateutil tell their offset only for a time, whichever it is.
    offset = zone.utcoffset(_ANY_TIME if kind in ("tzoffset", "tzutc") else None)
    return "" if offset is None else _offset_text(offset, zone.tzname(_ANY_TIME))


def zone_from_text(text: str) -> tzinfo | str:
    """Rebuild a zone from :func:`zone_text`: an offset, a zone by its name, or the text that pandas understands.

    Raises
    ------
    ValueError
        If no zone of that name is known here.
    """
    found = _OFFSET.fullmatch(text)
    if found:
        sign, hours, minutes, seconds, name = found.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
        offset = -offset if sign == "-" else offset
        return timezone(offset, name) if name else timezone(offset)
    if text == "tzlocal()" or text.startswith("dateutil/"):
        return text
    return UTC if text == "UTC" else ZoneInfo(text)


def _offset_text(offset: timedelta, name: str | None) -> str:
    total = int(offset.total_seconds())
    hours, rest = divmod(abs(total), 3600)
    minutes, seconds = divmod(rest, 60)
    text = f"{'-' if total < 0 else '+'}{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")
    if not total and name == "UTC":
        return "UTC"
    return text if not name or name.startswith("UTC") else f"{text} {name}"


def _name_in_path(path: object) -> str:
    """Return "Europe/Berlin" for a file of the zone database: where it lies is this machine's business."""
    return path.rpartition("zoneinfo/")[2] if isinstance(path, str) else ""
