from . import marketplace_answered
