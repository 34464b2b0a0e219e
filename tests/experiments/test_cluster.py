"""A real Dask cluster of two worker processes: the same bytes, also when a worker or the whole cluster dies."""

import os
import signal
from dataclasses import replace

import pytest

from remodelsim.experiments import cluster as cluster_module
from remodelsim.experiments.cluster import cluster
from remodelsim.experiments.sensitivity import prepared, sensitivity
from remodelsim.experiments.sweep import prepared as sweep_prepared
from remodelsim.experiments.sweep import sweep
from remodelsim.files.scenario_file import load_scenario
from remodelsim.ground.errors import RemodelsimError

distributed = pytest.importorskip("distributed", reason="Dask (extra 'cluster') is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")
NUMBERS = ("RANKL.tau", "OPG.level", "cells.eta_C")


@pytest.fixture
def dask_cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as found:
        yield found


def scenario_of(model):
    scenario = load_scenario("menopause", model)
    return replace(
        scenario, horizon=365.0, arms=scenario.arms[:2], expectations=(), readouts=("BMD_hip",), formalism="ode"
    )


def first_time(act):
    """Return a progress that acts when the first chunk computed now is finished."""
    told = []

    def progress(steps):
        told.append(steps)
        if len(told) == 2:
            act()

    return progress


def kill_one(dask_cluster):
    with distributed.Client(dask_cluster, set_as_default=False) as client:
        pids = client.run(os.getpid)
    os.kill(min(pids.values()), signal.SIGKILL)


def same(one, two):
    return one.keys() == two.keys() and all(one[name].tobytes() == two[name].tobytes() for name in one)


@pytest.mark.slow
def test_bytes_are_those_of_one_thread_though_a_worker_is_killed(model, dask_cluster, tmp_path):
    analysis = prepared(model, scenario_of(model), NUMBERS, method="morris", size=30)
    here = sensitivity(analysis).columns
    spread = cluster(dask_cluster.scheduler_address)
    killing = first_time(lambda: kill_one(dask_cluster))
    there = sensitivity(analysis, tmp_path / "one", chunk=5, spread=spread, progress=killing).columns
    assert same(here, there)
    work, _ = sweep_prepared(model, scenario_of(model), ["RANKL.tau=6:48:log:3", "Estrogen=0:0.6:lin:4"], draws=3)
    assert same(sweep(work).columns, sweep(work, tmp_path / "two", chunk=7, spread=spread).columns)


@pytest.mark.slow
def test_a_cluster_that_dies_leaves_what_is_finished(model, dask_cluster, tmp_path):
    analysis = prepared(model, scenario_of(model), NUMBERS, method="morris", size=30)
    spread = cluster(dask_cluster.scheduler_address)
    with pytest.raises(RemodelsimError, match=r"the cluster .* What is finished is kept in the folder of -o"):
        sensitivity(analysis, tmp_path, chunk=5, spread=spread, progress=first_time(dask_cluster.close))
    kept = {file.name: file.read_bytes() for file in (tmp_path / "chunks").iterdir()}
    assert kept
    again = sensitivity(analysis, tmp_path).columns
    assert same(again, sensitivity(analysis).columns)


def test_a_cluster_that_is_not_there_says_so(model, monkeypatch):
    monkeypatch.setattr(cluster_module, "_TIMEOUT", 0.2)
    analysis = prepared(model, scenario_of(model), NUMBERS, method="local")
    with pytest.raises(RemodelsimError, match=r"^no Dask scheduler answers at tcp://127\.0\.0\.1:9\. Start one: dask"):
        sensitivity(analysis, spread=cluster("tcp://127.0.0.1:9"))
    with pytest.raises(RemodelsimError, match=r"^'10\.0\.0\.1' is not the address of a cluster\. Write it as tcp://"):
        cluster("10.0.0.1")
