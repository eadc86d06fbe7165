import re

from odoo import models

#: Records that open forms listen to, by the users who may read them.
CHANNEL = re.compile(r"^(helpdesk\.ticket|marketplace\.account)_(\d+)$")


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Let users listen to the tickets and accounts that they may read."""
        wanted = {channel: CHANNEL.match(channel) for channel in channels if isinstance(channel, str)}
        found = [match.groups() for match in wanted.values() if match]
        channels = [channel for channel in channels if not (isinstance(channel, str) and wanted[channel])]
        if self.env.user._is_internal():
            for name in {name for name, _id in found}:
                records = self.env[name].browse(int(id_) for one, id_ in found if one == name)
                channels.extend(records.exists()._filtered_access("read"))
        return super()._build_bus_channel_list(channels)
