"""A pretend Amazon with pretend buyers, over real HTTP and SMTP, for the demo, tests and benchmarks."""

from .server import Sandbox

__all__ = ["Sandbox"]
