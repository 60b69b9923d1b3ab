"""A real Kubernetes of two nodes on this machine, without docker and without the internet.

    from tests.cluster.lab import Lab, ApiOnly

`python -m tests.cluster.lab up` starts it from the shell; see lab.py for its use from tests.
"""

from __future__ import annotations

from tests.cluster.lab.apionly import ApiOnly
from tests.cluster.lab.lab import Lab
from tests.cluster.lab.shell import LabError

__all__ = ["ApiOnly", "Lab", "LabError"]
