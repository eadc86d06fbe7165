"""Invented values that are the same at every start: all are computed from a seed."""

import hashlib
import random
import string


def rng(*parts):
    """Return a random generator that always gives the same for the same parts."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return random.Random(digest)


def pick(source, alphabet, length):
    """Return ``length`` random characters of an alphabet."""
    return "".join(source.choices(alphabet, k=length))


def digits(source, length):
    """Return ``length`` random digits."""
    return pick(source, string.digits, length)


def hexadecimal(source, length):
    """Return ``length`` random hexadecimal characters."""
    return f"{source.getrandbits(length * 4):0{length}x}"
