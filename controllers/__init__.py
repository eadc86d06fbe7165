from . import oauth
from . import portal
