"""The public pages: catalogue, dataset, counts. Server-rendered in Chinese and English; nothing of them needs a script.

`router` answers the pages and what they load; `error_page` gives errors the same look.
"""

from gateway.portal.render import error_page
from gateway.portal.routes import router

__all__ = ["error_page", "router"]
