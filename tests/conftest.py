"""What many tests share: the shipped model, loaded once."""

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
