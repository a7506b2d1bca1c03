"""What tasks without training share: they may ask any layer of an encoder, and pool it as they like."""

from crosswind.formats.probe import Layer, Probe
from crosswind.formats.retrieve import Pooling
from crosswind.tasks.base import Task


class Probed(Task):
    """A task for which nothing is trained. Targets that differ in `layer` alone give the curve over layers."""

    layer: Layer = None
    pooling: Pooling = "mean"

    @property
    def probe(self) -> Probe:
        return Probe(self.layer, self.pooling)

    @property
    def unprobed(self) -> Task:
        own = type(self).model_fields
        return self.model_copy(update={name: own[name].default for name in Probed.model_fields})
