from datetime import timezone


def naive(moment):
    """Return an aware time as Odoo stores it: naive UTC without microseconds."""
    return moment and moment.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0)


def aware(moment):
    """Return a time that Odoo stored as an aware one, None of none."""
    return moment.replace(tzinfo=timezone.utc) if moment else None
