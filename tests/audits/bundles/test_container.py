"""The file of a bundle: every byte of it is looked at, and nothing is written outside the folder."""

import io
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unmask.audits.bundles.container import unpack, write_container
from unmask.protocol.errors import ConfigurationError

FILES = {"a.json": b"{}", "logs/b.eval": bytes(range(256)) * 5, "logs/empty": b"", "z.txt": b"x" * 512}


def written(folder: Path) -> Path:
    for name, data in FILES.items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    write_container(folder / "in", folder / "out.tar")
    return folder / "out.tar"


def read(bundle: Path, folder: Path) -> tuple[dict[str, bytes], list[str]]:
    found = unpack(bundle, folder)
    return {name: (folder / name).read_bytes() for name in found.names}, found.faults


def test_what_goes_in_comes_out_and_any_tar_reads_it(tmp_path: Path) -> None:
    bundle = written(tmp_path)
    assert read(bundle, tmp_path / "out") == (FILES, [])
    with tarfile.open(bundle) as tar:
        assert tar.getnames() == sorted(FILES)
        assert {(one.mtime, one.mode, one.uid, one.uname) for one in tar} == {(0, 0o644, 0, "")}


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_every_changed_byte_shows(data: st.DataObject) -> None:
    with TemporaryDirectory() as name:
        bundle = written(Path(name))
        whole = bytearray(bundle.read_bytes())
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
        bundle.write_bytes(whole)
        files, faults = read(bundle, Path(name, "out"))
        changed = [one for one in FILES if files.get(one) != FILES[one]]
        assert faults or changed
        assert all("byte" in fault or fault.split(":")[0] in FILES or "the end" in fault for fault in faults)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10239), st.booleans())
def test_a_file_cut_off_or_made_longer_shows(at: int, longer: bool) -> None:
    with TemporaryDirectory() as name:
        bundle = written(Path(name))
        whole = bundle.read_bytes()
        bundle.write_bytes(whole + bytes(at + 1) if longer else whole[:at])
        files, faults = read(bundle, Path(name, "out"))
        assert faults or files != FILES


def tar_of(*members: tuple[str, bytes, bytes], to: Path) -> Path:
    with tarfile.open(to, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, kind, data in members:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.mode, info.linkname = (
                kind,
                len(data),
                0o644,
                "/etc/passwd" if kind != b"0" else "",
            )
            tar.addfile(info, io.BytesIO(data))
    return to


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ([("../evil", b"0", b"x")], "../evil: its name leads out of the bundle"),
        ([("/evil", b"0", b"x")], "/evil: its name leads out of the bundle"),
        ([("a/../../evil", b"0", b"x")], "its name leads out of the bundle"),
        ([("c:evil", b"0", b"x")], "its name leads out of the bundle"),
        ([("a\\evil", b"0", b"x")], "its name leads out of the bundle"),
        ([("a", tarfile.SYMTYPE, b"")], "a: no plain file"),
        ([("a", tarfile.LNKTYPE, b"")], "a: no plain file"),
        ([("a", tarfile.FIFOTYPE, b"")], "a: no plain file"),
        ([("a", tarfile.CHRTYPE, b"")], "a: no plain file"),
        ([("a", tarfile.GNUTYPE_SPARSE, b"")], "a: no plain file"),
        ([("a", b"0", b"x"), ("a", b"0", b"y")], "a: in the bundle twice"),
        ([("b", b"0", b"x"), ("a", b"0", b"y")], "a: out of order"),
    ],
)
def test_what_is_not_a_plain_file_of_its_own_is_refused(
    members: list[tuple[str, bytes, bytes]], fault: str, tmp_path: Path
) -> None:
    found = unpack(tar_of(*members, to=tmp_path / "evil.tar"), tmp_path / "out")
    assert fault in found.faults[0]
    assert {path.name for path in tmp_path.rglob("*")} <= {"evil.tar", "out", "a", "b"}
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


def test_a_size_beyond_the_file_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("a")
    info.size, info.mode = 1 << 30, 0o644
    (tmp_path / "bomb.tar").write_bytes(info.tobuf(tarfile.USTAR_FORMAT) + bytes(512))
    found = unpack(tmp_path / "bomb.tar", tmp_path / "out")
    assert "a: cut off" in found.faults[0]


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b" + bytes(600), b"PK\x03\x04" + b"x" * 600])
def test_another_kind_of_file_is_one_clear_line(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(data)
    [fault] = unpack(tmp_path / "other", tmp_path / "out").faults
    assert "at the start" in fault


def test_a_file_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.tar: No such file"):
        unpack(tmp_path / "nowhere.tar", tmp_path / "out")


def test_a_name_too_long_for_a_tar_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / ("n" * 120)).write_bytes(b"")
    with pytest.raises(ConfigurationError, match="name is too long"):
        write_container(tmp_path / "in", tmp_path / "out.tar")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
