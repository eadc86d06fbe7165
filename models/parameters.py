"""Names of our system parameters that more than one room uses."""

#: How all of them begin.
PARAM = "helpdesk_mgmt_marketplace."
#: Which database this is, and with which keys, when it last was no copy.
HOME = PARAM + "home"
#: Of the keys that secrets are encrypted with.
FINGERPRINT = PARAM + "secret_key_fingerprint"
