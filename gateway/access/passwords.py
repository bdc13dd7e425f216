"""Passwords by Argon2id, with its parameters stated; checking one costs the same for a name that does not exist."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from catalog.errors import BadInput, Where
from catalog.text import Text

__all__ = ["LEAST_LENGTH", "MOST_LENGTH", "checked", "hash_password", "is_outdated", "matches"]

LEAST_LENGTH = 12
MOST_LENGTH = 256
# RFC 9106, section 4, second recommended option: for machines where 2 GiB for each sign-in is too much.
_HASHER = PasswordHasher(
    time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, salt_len=16, type=Type.ID
)


def checked(password: str, name: str) -> str:
    """The password, if it may be one: 12 to 256 characters (NIST SP 800-63B wants length, not composition), and not
    the name. Raises BadInput."""
    if not LEAST_LENGTH <= len(password) <= MOST_LENGTH or name.casefold() in {
        password.casefold(),
        password.casefold().rstrip("0123456789!."),
    }:
        raise BadInput(
            Text(
                f"密码须为 {LEAST_LENGTH} 到 {MOST_LENGTH} 个字符，且不能是用户名",
                f"A password has {LEAST_LENGTH} to {MOST_LENGTH} characters and is not the name",
            ),
            Text("几个不相干的词连在一起即可", "Several unrelated words in a row will do"),
            Where(parameter="password"),
        )
    return password


def hash_password(password: str) -> str:
    """The Argon2id hash in PHC form, with parameters and a random salt inside."""
    return _HASHER.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one; False after the same work where nothing is stored."""
    try:
        fits = _HASHER.verify(stored or _nobodys(), _normal(password[:MOST_LENGTH]))
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether it was hashed with other parameters than today's, and is to be hashed anew at the next sign-in."""
    return _HASHER.check_needs_rehash(stored)


def _normal(password: str) -> str:
    """NFKC, so that two keyboards that compose characters differently give one password."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_bytes(32))
