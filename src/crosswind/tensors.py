"""The types of torch that signatures name, without its start-up.

Importing torch takes 1.6 seconds, which `crosswind check` and `plan` must not spend, yet a study names classes whose
methods take tensors. Modules that are imported for their settings take the names from here and import torch inside the
functions that compute.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module, Parameter
else:
    Tensor = Module = Parameter = Any

__all__ = ["Module", "Parameter", "Tensor"]
