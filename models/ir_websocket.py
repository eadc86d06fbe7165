import re

from odoo import models

CHANNEL = re.compile(r"^helpdesk\.ticket_(\d+)$")


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Let users listen to the tickets that they may read."""
        wanted = {channel: CHANNEL.match(channel) for channel in channels if isinstance(channel, str)}
        ids = [int(match[1]) for match in wanted.values() if match]
        channels = [channel for channel in channels if not (isinstance(channel, str) and wanted[channel])]
        if ids and self.env.user._is_internal():
            channels.extend(self.env["helpdesk.ticket"].browse(ids).exists()._filtered_access("read"))
        return super()._build_bus_channel_list(channels)
