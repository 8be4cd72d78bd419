"""The primes of the exact method: the same draw as the program's (Sources/FullrankModel/Prime.swift)."""
from __future__ import annotations

from ._table import LARGEST_PRIME

SMALLEST_DRAWN = 4_194_304
_MASK = (1 << 64) - 1


def mixed(word: int) -> int:
    """SplitMix64's last step (Steele, Lea, Flood, OOPSLA 2014): a permutation of 64-bit words."""
    z = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9 & _MASK
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb & _MASK
    return z ^ (z >> 31)


def is_prime(number: int) -> bool:
    """Miller and Rabin's test; with these bases it is a proof below 3,215,031,751."""
    if number < 2 or number % 2 == 0:
        return number == 2
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd >> 1, twos + 1
    for base in (2, 3, 5, 7):
        power = pow(base, odd, number)
        if base % number == 0 or power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def drawn(seed: int, count: int) -> list[int]:
    """The first `count` primes of a seed: distinct, uniform among those between 2^22 and 2^23."""
    found: list[int] = []
    state = seed
    while len(found) < count:
        state = state + 0x9e3779b97f4a7c15 & _MASK
        candidate = SMALLEST_DRAWN + (mixed(state) >> 42)
        if candidate <= LARGEST_PRIME and candidate not in found and is_prime(candidate):
            found.append(candidate)
    return found


def shortfall_bound(pivots: int, primes: list[int]) -> float:
    """The chance that a rank modulo all these primes is too low (docs/mathematics.md, section 2)."""
    bound = 1.0
    for prime in primes:
        bound *= min(1.0, pivots / (prime - 1))
    return bound
