"""Whatever is typed for a number or a path is checked by the option itself, on every command."""

import inspect
import typing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.cli import checks
from imbgan.cli.app import app

PATHS = {"PATH", "OUT", "HTML", "MODEL", "FILE", "IN", "NEW", "REAL", "SYNTHETIC", "VERDICT"}


def options():
    """Yield a name, a type and typer's information for each option of each command."""
    for command in app.registered_commands:
        for parameter in inspect.signature(command.callback).parameters.values():
            if typing.get_origin(parameter.annotation) is typing.Annotated:
                kind, info = typing.get_args(parameter.annotation)
                option = f"{'-' if len(parameter.name) == 1 else '--'}{parameter.name.replace('_', '-')}"
                yield pytest.param(option, kind, info, id=f"{command.callback.__name__} {option}")


def is_number(kind):
    return bool({int, float} & {kind, *typing.get_args(kind)})


NUMBERS = [each for each in options() if is_number(each.values[1])]
PLACES = [each for each in options() if each.values[2].metavar in PATHS]


def test_there_are_options_to_check():
    assert len(NUMBERS) >= 20
    assert len(PLACES) >= 20


@pytest.mark.parametrize(("option", "kind", "info"), NUMBERS)
@pytest.mark.parametrize("text", ["", "nan", "inf", "-inf", "two", "1e400", "9" * 5000, "0x10", "1,5"])
def test_a_wrong_number_is_refused_with_what_must_hold(option, kind, info, text):
    with pytest.raises(checks.WrongValue) as refused:
        info.parser(text)
    message = refused.value.format_message()
    assert message.startswith(f"{option} must be a ")
    assert "Got " in message
    assert len(message) < 300


@pytest.mark.parametrize(("option", "kind", "info"), PLACES)
@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_a_blank_path_is_refused(option, kind, info, text):
    with pytest.raises(checks.WrongValue, match="must be the "):
        info.parser(text)


@given(st.integers(-20, 20))
def test_numbers_in_the_range_pass_and_no_others(number):
    parse = checks.whole("--n", -3, 7)
    if -3 <= number <= 7:
        assert parse(str(number)) == parse(number) == number
        return
    with pytest.raises(checks.WrongValue, match="--n must be a whole number from -3 to 7"):
        parse(str(number))


def test_zero_processes_are_refused_and_counting_back_is_not():
    parse = checks.processes("--jobs")
    assert [parse(text) for text in ("1", "-1", "-2")] == [1, -1, -2]
    for text in ("0", "1.0", "100000"):
        with pytest.raises(checks.WrongValue, match="or -1 for one process per core"):
            parse(text)


def test_lists_are_completed_without_names_that_are_there():
    complete = checks.complete_list(("smote", "smote_enn", "gan"))
    assert complete("sm") == ["smote", "smote_enn"]
    assert complete("smote,sm") == ["smote,smote_enn"]
    assert complete("gan,") == ["gan,smote", "gan,smote_enn"]
