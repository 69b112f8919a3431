"""Names of months and weekdays in several languages, independent of the locale of the computer."""

#: One line per language (German also as in Austria, Polish also in the genitive, in which dates stand).
LANGUAGES = tuple(
    tuple(line.split())
    for line in (
        "january february march april may june july august september october november december",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "jänner feber maerz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "januari februari mars april maj juni juli augusti september oktober november december",
        "januar februar marts april maj juni juli august september oktober november december",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
        "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    )
)
DAY_LANGUAGES = tuple(
    tuple(line.split())
    for line in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "montag dienstag mittwoch donnerstag freitag sonnabend sonntag",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "lunes martes miércoles jueves viernes sábado domingo",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    )
)
#: Abbreviations that are no beginnings of a name.
_SHORT = {"mrz": 3, "mrt": 3, "sept": 9}
_SHORTEST = 3


def _numbers() -> dict[str, int]:
    months: dict[str, set[int]] = {}
    for names in LANGUAGES:
        for month, name in enumerate(names, start=1):
            for end in range(_SHORTEST, len(name) + 1):
                months.setdefault(name[:end], set()).add(month)
    return {name: next(iter(found)) for name, found in months.items() if len(found) == 1} | _SHORT


#: The number of each month, by its name or the beginning of its name if only one month begins so.
MONTHS = _numbers()
#: Names of weekdays and their beginnings. The date tells the day, so that it does not matter which one is meant.
WEEKDAYS = frozenset(name[:end] for names in DAY_LANGUAGES for name in names for end in range(2, len(name) + 1)) - {
    *MONTHS
}
