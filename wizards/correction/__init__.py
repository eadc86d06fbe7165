from . import marketplace_correct
