"""How long what is not audit nor law is kept."""

from datetime import timedelta

#: Messages about alerts, and their texts.
KEEP_MESSAGES = timedelta(days=90)
