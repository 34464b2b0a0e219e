"""remodelsim: what five reviews believe about bone remodeling, as a model that can be run, asked and explained.

Examples
--------
>>> import remodelsim as rs
>>> model = rs.load()
>>> answer = rs.whatif("Quercetin=5uM", baseline="Estrogen=off", readouts=["BMD_hip"], formalism="ode")
>>> answer.verdicts["BMD_hip"]["ode"].direction
'up'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .ground.version import VERSION

if TYPE_CHECKING:
    from .faces.notebook import explain, list_names, load, load_scenario, paragraph, plot, show, simulate, whatif
    from .faces.notebook_sensitivity import sensitivity
    from .faces.notebook_sweep import screen, sweep
    from .faces.notebook_teach import teach
    from .ground.errors import RemodelsimError

__version__ = VERSION
_HOMES = {
    "RemodelsimError": ".ground.errors",
    "sensitivity": ".faces.notebook_sensitivity",
    **dict.fromkeys(("screen", "sweep"), ".faces.notebook_sweep"),
    "teach": ".faces.notebook_teach",
    **dict.fromkeys(("list_names", "load", "load_scenario", "show", "simulate", "whatif"), ".faces.notebook"),
    **dict.fromkeys(("explain", "paragraph", "plot"), ".faces.notebook"),
}
__all__ = [
    "RemodelsimError",
    "__version__",
    "explain",
    "list_names",
    "load",
    "load_scenario",
    "paragraph",
    "plot",
    "screen",
    "sensitivity",
    "show",
    "simulate",
    "sweep",
    "teach",
    "whatif",
]


def __getattr__(name: str) -> Any:
    """Load what is asked for on first use, so that importing the package stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'remodelsim' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name], __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
