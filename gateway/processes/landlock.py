"""Linux Landlock: a process gives up, for itself and its children, every path and port it does not need.

Works without privileges (kernel 5.13 and later; TCP rules from 6.7). Constants and structures are those of
``linux/landlock.h``; system call numbers are the same on every architecture.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["abi_version", "restrict"]

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
_CREATE_RULESET_VERSION = 1
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14  # TRUNCATE
# Rights known to each ABI version (bits 0-12, then REFER, TRUNCATE, IOCTL_DEV).
_FS_BITS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_IOCTL_DEV = 1 << 15
_NET_TCP = 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64), ("handled_access_net", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def abi_version() -> int:
    """The kernel's Landlock version; 0 where there is none."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        return max(0, int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _CREATE_RULESET_VERSION)))
    except (OSError, AttributeError):
        return 0


def restrict(forbidden: Iterable[Path], writable: Iterable[Path], *, network: bool) -> bool:
    """From now on this process can read everything but what lies under `forbidden`, write under `writable` only,
    and use TCP only with `network`. False where the kernel cannot do it; there is no way back.

    Raises OSError when the kernel knows Landlock and refuses the rules, ValueError when something forbidden lies under
    a writable path (rules add up, so it would be open): fails closed both ways.
    """
    shut, free = (tuple(path.resolve() for path in paths) for paths in (forbidden, writable))
    for path in free:
        if any(path == one or path in one.parents for one in shut):
            raise ValueError("a writable path holds a forbidden one")
    abi = abi_version()
    if not abi:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    rights = (1 << _FS_BITS_BY_ABI.get(abi, 16)) - 1
    wanted = _Ruleset(rights, 0 if network or abi < 4 else _NET_TCP)
    size = ctypes.sizeof(wanted) if abi >= 4 else 8
    ruleset = _checked(libc, _CREATE_RULESET, ctypes.byref(wanted), ctypes.c_size_t(size), 0)
    try:
        for path in _readable(Path("/"), shut):
            _allow(libc, ruleset, path, _READ | (_IOCTL_DEV if path == Path("/dev") else 0), rights)
        for path in (*free, Path("/dev/null")):
            _allow(libc, ruleset, path, rights, rights)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_NO_NEW_PRIVS)")
        _checked(libc, _RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return True


def _readable(folder: Path, shut: tuple[Path, ...]) -> Iterable[Path]:
    """The largest paths under `folder` that hold nothing forbidden."""
    for child in folder.iterdir():
        if child.is_symlink() or child in shut:
            continue
        if any(child in path.parents for path in shut):
            yield from _readable(child, shut)
        else:
            yield child


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, access: int, known: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # gone since it was listed: nothing to allow
    try:
        if not path.is_dir():
            access &= _FILE_RIGHTS | _IOCTL_DEV
        rule = _PathBeneath(access & known, handle)
        _checked(libc, _ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(handle)


def _checked(libc: ctypes.CDLL, number: int, *arguments: object) -> int:
    answer = int(libc.syscall(number, *arguments))
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return answer
