"""A pretend Amazon and Walmart with pretend buyers, over real HTTP and SMTP, for the demo, tests and benchmarks."""

from .amazon.console import ConsentError
from .server import Sandbox

__all__ = ["ConsentError", "Sandbox"]
