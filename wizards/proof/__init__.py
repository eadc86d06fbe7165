from . import marketplace_trust
