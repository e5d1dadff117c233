"""From the record to words: the composed reply, and the check of what a language model wrote in its place.

Import `BuiltInVoice` and `ModelVoice` from `coach.speaking.voices`.
"""
