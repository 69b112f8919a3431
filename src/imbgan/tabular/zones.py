"""Time zones as text for saved documents: by name, or else by offset."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from importlib import import_module
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_ANY_TIME = datetime(2000, 1, 1)
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)(?::(\d\d))?(?: (.+))?", re.DOTALL)


def zone_text(zone: tzinfo) -> str:
    """Return the text that :func:`zone_from_text` reads; empty for a zone that has neither name nor fixed offset.

    An offset becomes "+05:30", followed by its own name if it has one. Zones of other libraries than Python's get the
    library's name before: "dateutil/Europe/Berlin", "pytz/+05:30". The local zone of `dateutil` is "tzlocal()".
    """
    kind, library = type(zone).__name__, type(zone).__module__.partition(".")[0]
    if kind == "tzlocal":
        return "tzlocal()"
    # ZoneInfo and dateutil call it key, pytz calls it zone.
    name = getattr(zone, "key", None) or getattr(zone, "zone", None) or _name_in_path(getattr(zone, "_filename", None))
    if not isinstance(name, str) or not name:
        # Zones of dateutil tell their offset only for a given time.
        offset = zone.utcoffset(_ANY_TIME if kind in ("tzoffset", "tzutc") else None)
        name = "" if offset is None else _offset_text(offset, zone.tzname(_ANY_TIME))
    return f"{library}/{name}" if name and name != "UTC" and library in ("dateutil", "pytz") else name


def zone_from_text(text: str) -> tzinfo:
    """Rebuild a zone from :func:`zone_text`; without `pytz`, its zones become Python's own.

    Raises
    ------
    ValueError
        If no zone of that name is known here.
    """
    library, _, rest = text.partition("/")
    if library == "dateutil" or text == "tzlocal()":
        return _zone_of_dateutil(rest)
    if library == "pytz":
        return _zone_of_pytz(rest)
    found = _read_offset(text)
    if found:
        offset, name = found
        return timezone(offset, name) if name else timezone(offset)
    try:
        return UTC if text == "UTC" else ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError):
        raise ValueError(f"{text!r} is no time zone") from None


def _zone_of_dateutil(name: str) -> tzinfo:
    # Only pandas columns have such zones, and pandas requires dateutil.
    library = import_module("dateutil.tz")
    found = _read_offset(name)
    if found:
        return library.tzoffset(found[1], found[0])
    zone = library.gettz(name) if name else library.tzlocal()
    if zone is None:
        raise ValueError(f"{name!r} is no time zone")
    return zone


def _zone_of_pytz(name: str) -> tzinfo:
    try:
        library = import_module("pytz")
    except ModuleNotFoundError:
        return zone_from_text(name)
    found = _read_offset(name)
    return library.FixedOffset(found[0] // timedelta(minutes=1)) if found else library.timezone(name)


def _read_offset(text: str) -> tuple[timedelta, str | None] | None:
    found = _OFFSET.fullmatch(text)
    if not found:
        return None
    sign, hours, minutes, seconds, name = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return (-offset if sign == "-" else offset), name


def _offset_text(offset: timedelta, name: str | None) -> str:
    total = int(offset.total_seconds())
    hours, rest = divmod(abs(total), 3600)
    minutes, seconds = divmod(rest, 60)
    text = f"{'-' if total < 0 else '+'}{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")
    if not total and name == "UTC":
        return "UTC"
    return text if not name or name.startswith("UTC") else f"{text} {name}"


def _name_in_path(path: object) -> str:
    """Return "Europe/Berlin" for a file of the zone database, wherever this machine stores it."""
    return path.rpartition("zoneinfo/")[2] if isinstance(path, str) else ""
