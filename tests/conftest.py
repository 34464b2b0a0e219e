"""What many tests share: the shipped model, loaded once."""

import sys

import pytest

from remodelsim.experiments.draws import engine_of
from remodelsim.files.library import load_model


@pytest.fixture(scope="session")
def model():
    return load_model()


@pytest.fixture(scope="session")
def engine(model):
    return engine_of(model)


@pytest.fixture(scope="session")
def reference(engine):
    return engine.reference


@pytest.fixture(autouse=True)
def _usual_depth():
    """Take back what some oracles do when they are imported: with no limit of depth, a deep file ends the process."""
    limit = sys.getrecursionlimit()
    yield
    sys.setrecursionlimit(limit)
