"""From an account to evidence: units, scope, cultures, persons and indicators, read by an encoder with trained heads.

Import `Reader` from `coach.reading.reader`; it loads the encoder at first use.
"""
