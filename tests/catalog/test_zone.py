"""A zone keeps what it acknowledges: the same tests on a folder and on a real S3 protocol."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest

from catalog.errors import NotFound, Unavailable
from catalog.zones import Zone, sha256_of

CSV = ".csv"


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    """An S3 server on loopback, with one bucket."""
    server_module = pytest.importorskip("moto.server")
    server = server_module.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def zone(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Zone:
    if request.param == "folder":
        return Zone((tmp_path / "zone").as_uri(), tmp_path / "cache")
    return s3_zone(request.getfixturevalue("s3_endpoint"), tmp_path, monkeypatch)


def s3_zone(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Zone:
    httpx = pytest.importorskip("httpx")
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        monkeypatch.setenv(name, value)
    httpx.put(f"{endpoint}/kaizha").raise_for_status()
    return Zone(f"s3://kaizha/{tmp_path.name}", tmp_path / "cache")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "stops.csv"
    path.write_text("站名\n东站\n", "utf-8")
    return path


def stored(zone: Zone) -> list[str]:
    return sorted(name for name, _ in zone.names())


def test_what_was_put_reads_back_under_its_hash(zone: Zone, file: Path) -> None:
    digest = zone.put(file, CSV)
    assert digest == sha256_of(file)
    assert zone.holds(digest, CSV)
    assert not zone.holds(digest, ".parquet")
    assert zone.path(digest, CSV).read_bytes() == file.read_bytes()
    assert zone.path(digest, CSV).read_bytes() == file.read_bytes()  # and from the cache


def test_the_same_bytes_are_one_file_however_often_they_come(zone: Zone, file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_bytes(file.read_bytes())
    assert zone.put(file, CSV) == zone.put(file, CSV) == zone.put(copy, CSV)
    assert stored(zone) == [sha256_of(file) + CSV]


def test_a_deleted_file_and_one_never_put_are_not_found(zone: Zone, file: Path) -> None:
    digest = zone.put(file, CSV)
    zone.delete(digest + CSV)
    assert stored(zone) == []
    for unknown in (digest, "0" * 64):
        with pytest.raises(NotFound):
            zone.path(unknown, CSV)
    assert not list(zone.cache.glob("*"))


@pytest.mark.parametrize("digest", ["../secret", "..", "", "/etc/hostname", "A" * 64, "0" * 63 + "/"])
def test_a_name_that_is_no_hash_names_nothing(zone: Zone, tmp_path: Path, digest: str) -> None:
    (tmp_path / f"secret{CSV}").write_text("not for you", "utf-8")
    assert not zone.holds(digest, CSV)
    with pytest.raises(NotFound):
        zone.path(digest, CSV)


@pytest.mark.parametrize("garbled", [b"", b"something else"], ids=["empty", "other"])
def test_a_tampered_object_is_refused_by_its_hash(
    s3_endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path, garbled: bytes
) -> None:
    zone = s3_zone(s3_endpoint, tmp_path, monkeypatch)
    digest = zone.put(file, CSV)
    obstore.put(zone.store, digest + CSV, garbled)
    with pytest.raises(Unavailable):
        zone.path(digest, CSV)
    assert not list(zone.cache.glob("*"))


@pytest.fixture
def folder_zone(tmp_path: Path) -> Zone:
    return Zone((tmp_path / "zone").as_uri(), tmp_path / "cache")


def test_file_then_folder_reach_the_disk_before_the_put_is_acknowledged(
    folder_zone: Zone, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, synced, sync = Path(str(folder_zone.folder)), [], os.fsync

    def watched(handle: int) -> None:
        names = [path.name for path in folder.iterdir() if len(path.stem) == 64]
        synced.append((os.fstat(handle).st_ino, names))
        sync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    name = folder_zone.put(file, CSV) + CSV
    assert synced == [((folder / name).stat().st_ino, []), (folder.stat().st_ino, [name])]


def test_a_file_that_could_not_be_made_durable_is_not_in_the_zone(
    folder_zone: Zone, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", broken)
        with pytest.raises(OSError, match="Input/output"):
            folder_zone.put(file, CSV)
    assert not folder_zone.holds(sha256_of(file), CSV)
    assert not list(Path(str(folder_zone.folder)).iterdir())
    assert folder_zone.path(folder_zone.put(file, CSV), CSV).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("size", [1 << 16, 12 << 20], ids=["in one piece", "in parts"])
def test_a_disk_that_is_full_leaves_nothing_behind(folder_zone: Zone, tmp_path: Path, size: int) -> None:
    large = tmp_path / "large"
    large.write_bytes(os.urandom(size))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, before[1]))
    try:
        with pytest.raises(Exception, match=r"(?i)file too large|unable|error"):
            folder_zone.put(large, CSV)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(Path(str(folder_zone.folder)).iterdir())


def test_a_zone_on_a_folder_is_for_its_owner_only(folder_zone: Zone) -> None:
    assert Path(str(folder_zone.folder)).stat().st_mode & 0o077 == 0
