from . import marketplace_app
