"""Durable results: killed at any moment and started again they end with the same bytes; nothing foreign is touched."""

import errno
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from remodelsim.experiments.work import failed_samples, here, run_work
from remodelsim.files.columns import read_npz
from remodelsim.files.store import CHUNKS, MANIFEST, MERGED, open_store
from remodelsim.files.whole import put_whole
from remodelsim.ground.errors import FileFormatError, ScenarioError

# a process that starts work again and again and kills it at random moments; it forks before any thread is there
KILLER = """
import os, random, signal, sys, time
from pathlib import Path
import numpy as np
from remodelsim.experiments.work import run_work

class Squares:
    samples, identity = 60, {"kind": "squares"}
    def compute(self, first, stop):
        time.sleep(0.004)
        n = np.arange(first, stop)
        return {"n": n, "square": np.sqrt(n) ** 3, "status": (n % 7 == 3).astype(np.int64)}

folder, kills, dice = Path(sys.argv[1]), 0, random.Random(5)
while True:
    child = os.fork()
    if child == 0:
        run_work(Squares(), folder, chunk=2)
        os._exit(0)
    time.sleep(dice.uniform(0.0, 0.02))
    if kills < 24:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    kills += os.WIFSIGNALED(status)
    if os.WIFEXITED(status):
        break
print(kills)
"""


class Numbers:
    """Work that is only counting."""

    def __init__(self, samples=10, **identity):
        self.samples, self.identity, self.asked = samples, {"kind": "numbers", **identity}, []

    def compute(self, first, stop):
        self.asked.append((first, stop))
        n = np.arange(first, stop)
        return {"n": n, "half": n / 2.0, "status": (n == 4).astype(np.int64)}


def files_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_work_that_is_killed_at_24_random_moments_ends_with_the_same_bytes(tmp_path):
    killed = subprocess.run(
        [sys.executable, "-c", KILLER, str(tmp_path / "killed")],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert int(killed.stdout) >= 20

    class Squares:
        samples, identity = 60, {"kind": "squares"}

        def compute(self, first, stop):
            n = np.arange(first, stop)
            return {"n": n, "square": np.sqrt(n) ** 3, "status": (n % 7 == 3).astype(np.int64)}

    run_work(Squares(), tmp_path / "whole", chunk=2)
    assert files_of(tmp_path / "killed") == files_of(tmp_path / "whole")


def test_only_what_is_missing_is_computed_and_chunks_may_be_finished_in_any_order(tmp_path):
    first, again = Numbers(), Numbers()
    run_work(first, tmp_path / "out", chunk=4, spread=lambda work, ranges: here(work, ranges[::-1]))
    assert first.asked == [(8, 10), (4, 8), (0, 4)]
    before = files_of(tmp_path / "out")
    (tmp_path / "out" / CHUNKS / "0000001.npz").unlink()
    done = []
    columns = run_work(again, tmp_path / "out", progress=done.append)
    assert again.asked == [(4, 8)]
    assert done == [6, 4]
    assert files_of(tmp_path / "out") == before
    assert columns["half"].tolist() == (np.arange(10) / 2.0).tolist()
    assert columns["n"].tobytes() == run_work(Numbers(), chunk=3)["n"].tobytes()


def test_a_torn_chunk_is_computed_again(tmp_path):
    run_work(Numbers(), tmp_path / "out", chunk=4)
    before = files_of(tmp_path / "out")
    torn = tmp_path / "out" / CHUNKS / "0000002.npz"
    for left in (b"", torn.read_bytes()[:100], b"PK\x03\x04nothing"):
        torn.write_bytes(left)
        run_work(Numbers(), tmp_path / "out")
        assert files_of(tmp_path / "out") == before


def test_a_sample_that_failed_is_kept_and_counted(tmp_path):
    columns = run_work(Numbers(), tmp_path / "out", chunk=3)
    assert failed_samples(columns) == 1
    assert read_npz(tmp_path / "out" / MERGED)["status"].tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]


def test_other_work_in_the_folder_is_refused_and_the_difference_named(tmp_path):
    out = tmp_path / "out"
    run_work(Numbers(seed=1, model="abc", axes={"a": [1, 2]}), out, chunk=4)
    before = files_of(out)
    cure = "Choose another folder with -o, or delete that one."
    told = {
        "seed is 1 there, 2 here": (Numbers(seed=2, model="abc", axes={"a": [1, 2]}), None),
        "model is abc there, def here; axes.a is [1, 2] there, [1, 3] here": (
            Numbers(seed=1, model="def", axes={"a": [1, 3]}),
            None,
        ),
        "model is not the same": (Numbers(seed=1, model="f" * 64, axes={"a": [1, 2]}), None),
        "samples is 10 there, 12 here": (Numbers(12, seed=1, model="abc", axes={"a": [1, 2]}), None),
        "chunk is 4 there, 5 here": (Numbers(seed=1, model="abc", axes={"a": [1, 2]}), 5),
    }
    for sentence, (work, chunk) in told.items():
        with pytest.raises(FileFormatError) as caught:
            run_work(work, out, chunk=chunk)
        assert str(caught.value) == f"'{out}' holds another computation: {sentence}. {cure}"
        assert work.asked == []
    with pytest.raises(FileFormatError) as caught:
        run_work(Numbers(kind="screen"), out)
    assert str(caught.value) == f"'{out}' holds results of another kind (numbers, not screen). {cure}"
    assert files_of(out) == before


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FileFormatError) as caught:
        run_work(Numbers(), tmp_path)
    assert str(caught.value) == (
        f"'{tmp_path}' is there and holds no manifest.json, but thesis.txt. "
        "Choose another folder with -o, or move what is yours."
    )
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(
        FileFormatError, match=r"thesis\.txt' is a file, not a folder\. Choose another folder with -o\."
    ):
        run_work(Numbers(), tmp_path / "thesis.txt")


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"', "[" * 100_000])
def test_a_manifest_that_is_none_is_told(tmp_path, text):
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(FileFormatError) as caught:
        run_work(Numbers(), tmp_path)
    assert str(caught.value) == (
        f"'{tmp_path / MANIFEST}' is no manifest of remodelsim. Choose another folder with -o, or delete that one."
    )


def test_a_full_disk_keeps_what_is_finished(tmp_path, monkeypatch):
    out, room = tmp_path / "out", [2]

    def replace(self, target):
        if self.suffix != ".npz" and CHUNKS in str(target) and not room[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        room[0] -= CHUNKS in str(target)
        return original(self, target)

    original = Path.replace
    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(FileFormatError) as caught:
        run_work(Numbers(), out, chunk=3)
    assert str(caught.value) == (
        f"cannot write '{out / CHUNKS / '0000002.npz'}' (No space left on device). "
        "2 finished chunks are kept: make room, and give the same command again to go on."
    )
    assert sorted(p.name for p in (out / CHUNKS).iterdir()) == ["0000000.npz", "0000001.npz"]
    monkeypatch.undo()
    again = Numbers()
    run_work(again, out)
    assert again.asked == [(6, 9), (9, 10)]


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_computed(tmp_path):
    (tmp_path / "file").write_text("")
    work = Numbers()
    with pytest.raises(FileFormatError) as caught:
        run_work(work, tmp_path / "file" / "out")
    assert str(caught.value) == f"cannot make the folder '{tmp_path / 'file' / 'out'}' (Not a directory)."
    with pytest.raises(FileFormatError, match=r"cannot write '/dev/full/x' \(Not a directory\)\."):
        put_whole(Path("/dev/full/x"), b"1")
    assert work.asked == []


def test_too_many_samples_are_refused():
    with pytest.raises(ScenarioError) as caught:
        run_work(Numbers(10**12))
    assert str(caught.value) == (
        "1000000000000 samples are too many. Allowed: 1 to 50000000. Take fewer steps or draws."
    )


def test_a_table_opens_in_numpy_as_it_was_written(tmp_path):
    store = open_store(tmp_path / "out", {"kind": "x"}, 2, None, 2)
    store.put(0, {"a": np.array([0.1, np.nan]), "b": np.array([1, 2])})
    merged = store.merge()
    with np.load(tmp_path / "out" / MERGED) as file:
        assert {name: file[name].tobytes() for name in file.files} == {k: v.tobytes() for k, v in merged.items()}
