from . import marketplace_connect
from . import marketplace_connect_site
from . import marketplace_delete
