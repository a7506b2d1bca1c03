import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Tiny tensors gain nothing from a second thread, and waiting for it on a shared core costs seconds."""
    torch.set_num_threads(1)
