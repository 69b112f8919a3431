"""Patterns of values that belong to one person or object, and what the name of a column says about its values."""

import re
from collections.abc import Callable, Sequence
from typing import Literal
from uuid import UUID

Pattern = Literal["email", "uuid", "hex", "iban", "card", "phone", "ip", "mac", "url"]

EMAIL = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;.]+(?:\.[^@\s<>\"',;.]+)+")
UUID_TEXT = re.compile(r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")
# Digests and object numbers: MD5 has 32 digits, SHA-1 40, an ObjectId 24.
HEX = re.compile(r"(?=.*[0-9])(?=.*[a-fA-F])(?:[0-9a-f]{24,128}|[0-9A-F]{24,128})")
IBAN = re.compile(r"[A-Z]{2}\d{2} ?(?:[A-Z0-9]{4} ?){2,7}[A-Z0-9]{1,4}")
CARD = re.compile(r"[2-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{1,7}|3\d{3}([ -])\d{6}\2\d{5}")
IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)")
IPV6 = re.compile(r"(?=.*::|(?:[^:]*:){7})(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}")
MAC = re.compile(r"(?:[0-9a-fA-F]{2}([:-]))(?:[0-9a-fA-F]{2}\1){4}[0-9a-fA-F]{2}")
URL = re.compile(r"https?://\S+|www\.\S+\.\S+")
# A telephone number starts with +, with a bracket, or with 0 and groups of digits, or has the groups of North America.
PHONE = re.compile(r"(?:\+|\(|0)[\d\s()./-]{7,22}\d|\d{3}[-. ]\d{3}[-. ]\d{4}(?: ?(?:x|ext\.?) ?\d{1,5})?")
_MAINLAND_MOBILE = re.compile(r"1[3-9]\d{9}")
DATE = re.compile(
    r"(?:\d{4}([-/. ])\d{1,2}\1\d{1,2}|\d{1,2}([-/. ])\d{1,2}\2(?:\d{4}|\d{2})"  # digits
    r"|\d{1,2}[. -]{1,2}[^\W\d]{3,9}[., -]{1,2}\d{2,4}|[^\W\d]{3,9}\.? \d{1,2},? \d{4})"  # names of months
    r"(?:[T ,]+\d{1,2}[:.h]\d{2}.*)?"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp]\.?[Mm]\.?)?"  # times of day
)
_CURRENCIES = "USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|RUB|TRY|KRW|MXN|ZAR|Rs|kr|[€$£¥₹₩]"
_UNITS = (
    f"{_CURRENCIES}|[kmcµ]?m[²³23]?|[kmµ]?g|t|lbs?|oz|mi|ft|in|sq ?m|sq ?ft|ha|m?l|cl|h|hrs?|min|m?s|sec|d|days?|"
    "weeks?|months?|yrs?|years?|[kM]?Wh?|[kM]?Hz|[kMGT]i?B|V|A|[°º]?[CFK]|k|M|bn|mln|Mio|km/h|mph|rpm|bpm|mmHg|mg/dl|pcs|pts|"
    "x|%"
)
#: A number with a fraction, a thousands mark, a currency or a unit: a measurement that was read as text.
MEASURE = re.compile(
    rf"\(?\s?[-+]?\s?(?:{_CURRENCIES})?\s?[-+]?"
    r"(?:0|[1-9]\d*|[1-9]\d{0,2}(?:[ .,'\u2019\u00a0\u202f]\d{2,3})+)(?:[.,]\d+)?(?:[eE][-+]?\d+)?"
    rf"\s?(?:{_UNITS})?\s?-?\)?"
)
_WORD_OF_NAME = re.compile(r"[^\W\d_]+(?:['\u2019.-][^\W\d_]+)*\.?")
PLAIN_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")


def pattern_of(text: str) -> Pattern | None:
    """Return the pattern that the whole of ``text`` has, check digits included."""
    text = text.strip()
    tests: Sequence[tuple[Pattern, Callable[[str], bool]]] = (
        ("email", lambda value: EMAIL.search(value) is not None),
        ("uuid", lambda value: UUID_TEXT.fullmatch(value) is not None),
        ("hex", lambda value: HEX.fullmatch(value) is not None),
        ("iban", lambda value: IBAN.fullmatch(value) is not None and is_iban(value)),
        ("card", lambda value: CARD.fullmatch(value) is not None and is_luhn(value)),
        ("ip", _is_ip),
        ("mac", lambda value: MAC.fullmatch(value) is not None),
        ("phone", is_phone),
        ("url", lambda value: URL.fullmatch(value) is not None),
    )
    return next((name for name, test in tests if test(text)), None)


def is_luhn(text: str) -> bool:
    """Return whether the last digit is the check digit of card numbers (ISO/IEC 7812, Luhn)."""
    return luhn_digit(re.sub(r"\D", "", text)[:-1]) == int(re.sub(r"\D", "", text)[-1])


def luhn_digit(digits: str) -> int:
    """Return the check digit of card numbers (Luhn) that follows ``digits``."""
    doubled = [2 * int(digit) if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(digits))]
    return -sum(value - 9 if value > 9 else value for value in doubled) % 10


def is_iban(text: str) -> bool:
    """Return whether the check digits of an IBAN are right (ISO 13616: the rest modulo 97 is 1)."""
    plain = text.replace(" ", "")
    return 15 <= len(plain) <= 34 and int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def is_phone(text: str) -> bool:
    """Return whether ``text`` is written as a telephone number of at least 8 digits, and not as a date."""
    digits = re.sub(r"\D", "", text)
    if _MAINLAND_MOBILE.fullmatch(text):
        return True
    # A number of digits alone that starts with 0 is as often a code of a product.
    if not PHONE.fullmatch(text) or (text.startswith("0") and digits == text):
        return False
    least = 8 if text.startswith(("+", "(")) else 9
    return least <= len(digits) <= 15 and DATE.fullmatch(text) is None


def _is_ip(text: str) -> bool:
    return IPV4.fullmatch(text) is not None or IPV6.fullmatch(text) is not None


def is_uuid(level: object) -> bool:
    """Return whether a level is an object of the class UUID."""
    return isinstance(level, UUID)


def is_person(text: str) -> bool:
    """Return whether ``text`` is written as the name of a person: two to five words of letters, two with a capital."""
    words = text.replace(",", " ").split()
    if not 2 <= len(words) <= 5 or not all(_WORD_OF_NAME.fullmatch(word) for word in words):
        return False
    return sum(word[0].isupper() for word in words) >= 2


# --- what the name of a column says --------------------------------------------------------------------------

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+|\d+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OWNERS = _words(
    "account applicant borrower card cardholder client cliente clientes customer cust driver employee guest holder "
    "insured kunde kunden member mitarbeiter passenger patient patienten person policyholder staff student subject "
    "subscriber user usuario utilisateur voter"
)
_KEYS = _words("guid id identifier ids key name no nom nombre nr num number numero numéro nummer uuid")
#: Single words, and pairs of words, that name data of a person.
_PERSONAL = _words(
    "accountnumber address adresse apellido cardnumber cellphone clientid customerid customername dirección email "
    "emailaddress employeeid firstname forename fullname handy iban kontonummer kundennummer lastname login mail "
    "memberid mobile nachname nickname passport patientid phone prénom ssn strasse straße street surname telefon "
    "telephone userid username vorname "
    "住所 卡号 名字 地址 姓名 客户编号 手机 手机号 氏名 用户名 电子邮件 "
    "电话 电话号码 账号 身份证 身份证号 邮箱 電話番号 顧客番号 メール メールアドレス"
)
_PAIRS = frozenset(
    {("last", "name"), ("first", "name"), ("full", "name"), ("family", "name"), ("given", "name"), ("e", "mail")}
)
#: A column whose name starts so counts something.
_AMOUNTS = _words("average avg count days has is max mean min months n no num number sum total years")

Hint = Literal["person", "owner", "key", ""]


def hint_of(name: object) -> Hint:
    """Return what the name of a column hints at: data of a "person", an "owner", a "key" of rows, or nothing.

    A name is weak evidence: it only lowers the share of different values from which a column identifies.
    """
    words = [word.casefold() for word in _WORD.findall(str(name))]
    while len(words) > 1 and words[-1].isdigit():
        words.pop()
    if not words or words[0] in _AMOUNTS:
        return ""
    is_key = words[-1] in _KEYS or words[0] in ("id", "uuid", "guid")
    owned = words[:-1] if words[-1] in _KEYS else words[1:]
    is_personal = (
        words[-1] in _PERSONAL or "".join(words) in _PERSONAL or (words[-2:-1] and words[-2] in _PERSONAL and is_key)
    )
    if is_personal or tuple(words[-2:]) in _PAIRS or (is_key and not _OWNERS.isdisjoint(owned)):
        return "person"
    return "key" if is_key else "owner" if words[-1] in _OWNERS else ""
