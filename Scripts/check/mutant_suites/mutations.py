"""Random changes of a JSON text: of its bytes, of its tokens, and of the value that it holds."""
import json

# Texts on which readers of JSON have disagreed.
TOKENS = [b"-0", b"-0.0", b"00", b"01", b"-", b"+1", b".5", b"1.", b"1e0", b"1E+0", b"10e-1", b"1.0", b"0x1", b"1_0", b"NaN",
          b"Infinity", b"-Infinity", b"nan", b"1e999", b"-1e999", b"1e-999", b"1e308", b"5e-324", b"true", b"false", b"null",
          b"True", b"tru", b'""', b'"1"', b"'1'", b"[]", b"{}", b"[1]", b'{"3":0}', b"[" * 70 + b"]" * 70, b"[" * 5000,
          b'{"a":' * 3000, b"9223372036854775807", b"9223372036854775808", b"18446744073709551616", b"4294967296",
          b"-9223372036854775809", b"1" * 400, b"-" + b"7" * 20000, b"7" * 20001, b"0." + b"0" * 400 + b"1",
          b"123456789012345678901234567890e-20", "\u0661".encode(), "\uff11".encode(), "\u00b2".encode()]
PIECES = [b"\\u0061", b"\\u0030", b"\\u-000", b"\\u+041", b"\\u00 1", b"\\u0_11", b"\\ud800", b"\\udc00", b"\\ud83d\\ude00",
          b"\\ud800\\u0041", b"\\ud800\\ud800", b"\\u0000", b"\\x41", b"\\", b"\\/", b"\\n", b"\x00", b"\x1b[2J", b"\x7f",
          b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xc2\xa0", b"\x0b", b"\x0c", b"\xe2\x80\xae", b"\xcd\xbe",
          b" ", b"\t", b"\r\n", b",", b":", b"}", b"]", b'"', b"/**/", b"//\n", b"0", b"1", b"-", b".", b"e5"]


class Raw(str):
    """A token that is written as it is."""


def dump(value, r=None):
    """JSON, with tokens as they are; with r, some space and some strings escaped, which change nothing."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dump(key, r)}: {dump(item, r)}" for key, item in value.items()) + "}"
    if isinstance(value, Pairs):
        return "{" + ",".join(f"{dump(key, r)}:{dump(item, r)}" for key, item in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(dump(item, r) for item in value) + "]"
    if isinstance(value, str) and r and value and r.random() < 0.1:
        place = r.randrange(len(value))
        return json.dumps(value[:place])[:-1] + f"\\u{ord(value[place]) & 0xFFFF:04x}" + json.dumps(value[place + 1:])[1:]
    return json.dumps(value)


class Pairs(tuple):
    """An object's members, names twice among them."""


def paths(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, path + (key,))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def other_number(r, number):
    choices = [number + 1, number - 1, -number, 2 * number, 0, 1, -1, r.randint(0, 9), number + r.randint(-100, 100), 2**63,
               2**64, number + 2**32, number + 2**64]
    if isinstance(number, float) or abs(number) < 2**53:
        choices += [number * 1.0000000000000002, number + 0.5, float(number)]
    return r.choice(choices)


def same_number(r, number):
    """Another way to write it."""
    if isinstance(number, float):
        mantissa, exponent = f"{number:.17e}".split("e")
        return Raw(r.choice([f"{mantissa}E{exponent}", f"{mantissa}000e{exponent}", repr(number)]))
    return Raw(r.choice([f"{number}.0", f"{number}e0", f"{number}0e-1", f"{number}E+00", f"0{number}", f"-{number}", f"{number}"]))


def other_value(r, value):
    if type(value) is bool:
        return r.choice([not value, int(value), str(value).lower(), None])
    if isinstance(value, (int, float)):
        return r.choice([other_number, other_number, same_number])(r, value)
    if isinstance(value, str):
        place = r.randrange(len(value) + 1)
        names = ["normal", "uniform", "cube", "he-uniform", "", value + " ", value.upper(), value[:place], [value], None,
                 value.replace(";", "\u037e")]
        return r.choice(names + [value[:place] + r.choice("01aé\u202e;") + value[place + 1:]])
    if isinstance(value, list):
        copy = list(value)
        change = r.randrange(6)
        if change == 0 or not copy:
            copy.append(r.choice(copy) if copy else 0)
        elif change == 1:
            del copy[r.randrange(len(copy))]
        elif change == 2:
            r.shuffle(copy)
        elif change == 3:
            copy.insert(r.randrange(len(copy)), r.choice([None, [], {}, 0, "", Raw("-0")]))
        elif change == 4:
            return {str(index): item for index, item in enumerate(copy)}
        else:
            return r.choice([None, "", 0, copy[0], [copy]])
        return copy
    return r.choice([None, [], 0, "", {**value, "more": 1} if isinstance(value, dict) else 1])


def of_value(r, text):
    """Changes what the text holds."""
    value = json.loads(text)
    for _ in range(r.choice([1, 1, 1, 2, 3])):
        path = r.choice([p for p in paths(value) if p])
        owner = at(value, path[:-1])
        change = r.randrange(10)
        if not isinstance(owner, (dict, list)) or isinstance(owner, Pairs):
            continue
        if change < 6:
            owner[path[-1]] = other_value(r, owner[path[-1]])
        elif change == 6:  # a value from elsewhere
            owner[path[-1]] = json.loads(json.dumps(at(value, r.choice([p for p in paths(value) if p]))))
        elif change == 7:
            del owner[path[-1]]
        elif isinstance(owner, dict):
            members = list(owner.items())
            if change == 8:
                members.append((r.choice([path[-1], "init", "inputs", "pattern", "trial", "prime", "rank", "é", "__class__"]),
                                other_value(r, owner[path[-1]])))
                members = Pairs(members if r.random() < 0.5 else members[-1:] + members[:-1])
            else:
                r.shuffle(members)
                members = dict(members)
            if len(path) == 1:
                return dump(members, r).encode("utf-8", "surrogatepass")
            at(value, path[:-2])[path[-2]] = members
    return dump(value, r).encode("utf-8", "surrogatepass")


def number_tokens(text):
    """Where numbers begin and end, roughly: in strings too."""
    places, start = [], None
    for place, byte in enumerate(text):
        if byte in b"0123456789+-.eE" and (start is not None or byte in b"-0123456789"):
            start = place if start is None else start
        elif start is not None:
            places.append((start, place))
            start = None
    return places


def of_bytes(r, text):
    data = bytearray(text)
    for _ in range(r.choice([1, 1, 1, 2, 4])):
        place = r.randrange(len(data) + 1)
        change = r.randrange(8)
        if change == 0 and place < len(data):
            data[place] ^= 1 << r.randrange(8)
        elif change == 1:
            data[place:place] = r.choice(PIECES)
        elif change == 2 and place < len(data):
            data[place:place + 1] = r.choice(PIECES)
        elif change == 3:
            del data[place:place + r.choice([1, 1, 1, 2, 5, 50])]
        elif change == 4:
            data[place:place] = data[place:place + r.choice([1, 2, 10, 60])]
        elif change == 5 and r.random() < 0.3:
            del data[place:]
        elif change in (5, 6, 7):
            tokens = number_tokens(data)
            if tokens:
                start, end = r.choice(tokens)
                data[start:end] = r.choice(TOKENS)
    return bytes(data)


def mutant(r, text):
    try:
        json.loads(text)
        holds_json = True
    except ValueError:
        holds_json = False
    return of_value(r, text) if holds_json and r.random() < 0.6 else of_bytes(r, text)
