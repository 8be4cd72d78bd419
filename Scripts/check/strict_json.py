"""JSON as RFC 8259 has it and nothing beyond, for the checkers: standard library only, no line shared with the program.

Python's own reader takes NaN, names that occur twice, halves of surrogate pairs and, without its C part, digits of other
scripts and signs in \\u-escapes. A certificate that two programs read differently proves nothing.
"""
import gc
import re
import sys

DEEPEST = 64  # levels
DIGITS = 20_000  # of a whole number, its sign among them
if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(DIGITS)

SPACE = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
UNIT = re.compile(r"[0-9a-fA-F]{4}")
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
CLOSERS = (",", "]", "}")
WORDS = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}


class Damage(Exception):
    """Why a text is not JSON, in words."""


def printable(text, limit=400):
    """On one line, whatever a file holds: what is not printed as itself is escaped."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):X}}}" for c in text[:limit]) + ("..." if len(text) > limit else "")


def parse(data):
    """The value of a text in bytes. -0 is the double it is, all other numbers without point and exponent are ints."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Damage(f"byte {error.start} is not UTF-8") from None
    collects = gc.isenabled()
    gc.disable()  # it would look through all values again and again, and none is garbage
    try:
        value, place = read(text, 0, 0)
    finally:
        if collects:
            gc.enable()
    place = SPACE.match(text, place).end()
    if place < len(text):
        raise Damage(f"something follows the end (character {place})")
    return value


def read(text, place, depth):
    """A value and where it ends."""
    place = SPACE.match(text, place).end()
    if depth >= DEEPEST:
        raise Damage(f"nested too deep (character {place})")
    first = text[place:place + 1]
    if first == "{":
        return read_object(text, place + 1, depth)
    if first == "[":
        return read_array(text, place + 1, depth)
    if first == '"':
        return read_string(text, place + 1)
    if first in WORDS:
        word, value = WORDS[first]
        if not text.startswith(word, place):
            raise Damage(f"'{word}' is misspelt (character {place})")
        return value, place + len(word)
    return read_number(text, place)


def read_number(text, place):
    match = NUMBER.match(text, place)
    if not match:
        raise Damage(f"a value is missing (character {place})")
    digits = match.group()
    if digits == "-0" or match.group(1) or match.group(2):
        return float(digits), match.end()
    if len(digits) > DIGITS:
        raise Damage(f"a number has more than {DIGITS} digits (character {place})")
    return int(digits), match.end()


def read_string(text, place):
    parts = []
    while True:
        match = PLAIN.match(text, place)
        parts.append(match.group())
        place = match.end()
        stop = text[place:place + 1]
        if stop == '"':
            return "".join(parts), place + 1
        if stop != "\\":
            raise Damage(f"a string has {'a control character' if stop else 'no end'} (character {place})")
        kind = text[place + 1:place + 2]
        if kind == "u":
            character, place = read_unit(text, place + 2)
        elif kind in ESCAPES:
            character, place = ESCAPES[kind], place + 2
        else:
            raise Damage(f"an unknown escape (character {place})")
        parts.append(character)


def read_unit(text, place):
    """A character from its unit of UTF-16, or from two of them."""
    units = []
    while True:
        match = UNIT.match(text, place)
        if not match:
            raise Damage(f"four hexadecimal digits are missing (character {place})")
        units.append(int(match.group(), 16))
        place = match.end()
        if units[0] & 0xFC00 != 0xD800 or len(units) == 2 or not text.startswith("\\u", place):
            break
        place += 2
    if len(units) == 2 and units[1] & 0xFC00 == 0xDC00:
        return chr(0x10000 + ((units[0] & 0x3FF) << 10 | units[1] & 0x3FF)), place
    if len(units) == 2 or units[0] & 0xF800 == 0xD800:
        raise Damage(f"half a surrogate pair (character {place})")
    return chr(units[0]), place


def read_array(text, place, depth):
    items = []
    place = SPACE.match(text, place).end()
    if text.startswith("]", place):
        return items, place + 1
    while True:
        item, place = read(text, place, depth + 1)
        items.append(item)
        if text[place:place + 1] not in CLOSERS:
            place = SPACE.match(text, place).end()
        if text.startswith("]", place):
            return items, place + 1
        if not text.startswith(",", place):
            raise Damage(f"a comma or ] is missing (character {place})")
        place += 1


def read_object(text, place, depth):
    members = {}
    place = SPACE.match(text, place).end()
    if text.startswith("}", place):
        return members, place + 1
    while True:
        place = SPACE.match(text, place).end()
        if not text.startswith('"', place):
            raise Damage(f"a name in quotes is missing (character {place})")
        name, place = read_string(text, place + 1)
        if name in members:
            raise Damage(f"\"{name[:60]}\" occurs twice (character {place})")
        place = SPACE.match(text, place).end()
        if not text.startswith(":", place):
            raise Damage(f"a colon is missing (character {place})")
        members[name], place = read(text, place + 1, depth + 1)
        if text[place:place + 1] not in CLOSERS:
            place = SPACE.match(text, place).end()
        if text.startswith("}", place):
            return members, place + 1
        if not text.startswith(",", place):
            raise Damage(f"a comma or }} is missing (character {place})")
        place += 1
