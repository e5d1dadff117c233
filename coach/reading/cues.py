"""Grammatical cues that an embedding blurs: who tells whom, negation, wishes, plans, what is over, other people.

Each cue is a feature beside the embedding of a unit; the trained heads weigh them. A cue decides nothing by itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PATTERNS: dict[str, str] = {
    "negation": r"\b(?:not|n't|never|no|nothing|none|nobody|neither|nor|without|hardly|barely|haven['’]?t|hasn['’]?t|don['’]?t"
    r"|doesn['’]?t|didn['’]?t|isn['’]?t|wasn['’]?t|won['’]?t|can['’]?t|couldn['’]?t|wouldn['’]?t)\b",
    "never": r"\b(?:never|not once|not a word|no idea|nothing about|know nothing|don['’]?t know)\b",
    "wish": r"\b(?:wish|hope|hoping|would like|i['’]d like|i['’]d love|would love|would give|want to|wants to|dream\w*|longing|some ?day|one day)\b",
    "plan": r"\b(?:will|going to|plan\w*|next (?:week|month|year|time|spring|summer|autumn|winter)|soon|invited .{0,30} for|intend)\b",
    "hypothetical": r"\b(?:if|should i|would|could|might|maybe|perhaps|imagine|suppose|what if|wonder\w*|whether)\b",
    "question": r"\?",
    "past_over": r"\b(?:used to|back then|in those days|in the old days|before the|until|till|once|no longer|any ?more|since (?:the|then)|"
    r"these days|nowadays|but now|ever since|stopped|cooled|ago)\b",
    "change": r"\b(?:since|after|now|merger|takeover|left|retired|replaced|new (?:buyer|contact|boss|manager|owner)|took over|handed over|inherited)\b",
    "third_party": r"\b(?:my (?:boss|colleague|predecessor|manager|wife|husband|friend|brother|sister)|our (?:ceo|director|boss|owner|service|team)|"
    r"colleagues?|his (?:boss|colleague|assistant|predecessor)|her (?:boss|colleague|assistant)|somebody else|another customer|the others|competitor\w*)\b",
    "i_tell": r"\b(?:i(?:['’]ve| have|['’]d| had)? (?:told|tell|said|say|mentioned|confessed|admitted|shared|showed|explained)|i spoke|i talk\w*)\b",
    "other_tells": r"\b(?:he|she|they)(?:['’]s|['’]d| has| had)? (?:told|tells?|said|says?|mentioned|confessed|admitted|shared|showed|explained|talks?|asks?|asked|wrote|writes)\b"
    r"|\btold me\b|\basks? me\b|\basked me\b|\bsaid to me\b|\bshowed me\b",
    "both": r"\b(?:we|us|our|each other|together|both|between us|one another)\b",
    "first_person": r"\b(?:i|me|my|mine|myself)\b",
    "other_person": r"\b(?:he|she|him|her|his|hers|they|their)\b",
    "refusal": r"\b(?:refus\w+|declin\w+|turned (?:me|him|her|it|them) down|said no|politely|excuse\w*|avoid\w*|changes? the subject|changed the subject|keeps? (?:it|me|him|her|things)|prefer\w*)\b",
    "effort": r"\b(?:learn\w*|practi[sc]\w*|read|study|studied|course|lessons?|evenings?|notebook|app|rehears\w+|wait\w*|silence|slow\w*|soften\w*|gift|brought|bow\w*)\b",
    "reflection": r"\b(?:realis\w+|realiz\w+|notic\w+|wonder\w*|asked myself|thought about|went over|reali[sz]e|wrote (?:it )?down|check\w*|next time|mistake|misread|understood|occurred to me)\b",
    "enjoyment": r"\b(?:enjoy\w*|love\w*|like (?:it|going|being|him|her|the)|look(?:ing)? forward|favourite|favorite|happy|happiest|proud|curious|fascinat\w*|glad|fun)\b",
    "dislike": r"\b(?:hate\w*|bother\w*|tired of|waste|pointless|annoy\w*|fed up|can['’]t stand|don['’]t (?:care|see why|need)|not interested|business is business|no interest|nonsense|circus|theatre)\b",
    "lumping": r"\b(?:they are all|they['’]re all|all the same|these people|those people|people (?:there|down there)|typical|everyone there|always late|that lot|same everywhere)\b",
    "custom": r"\b(?:there|over there|custom\w*|tradition\w*|hierarch\w*|rank|seniority|elders?|ramadan|eid|lunar|chuseok|tet|diwali|obon|law|decree|union|holiday|sabbath|face|guanxi|ringi|nemawashi|the way (?:it|things|they))\b",
}  # fmt: skip

CUES: tuple[str, ...] = tuple(_PATTERNS)
"""Names of the cues, in the order of the features."""

_COMPILED = [re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS.values()]

CUE_SCALE = 0.25
"""A cue's value where it holds: about the spread of an embedding's strongest components, so that neither drowns the other."""


def cue_features(texts: list[str]) -> NDArray[np.float32]:
    """Return which cues hold in each text, as an array of shape (len(texts), len(CUES)) of 0 and CUE_SCALE."""
    features = np.zeros((len(texts), len(CUES)), dtype=np.float32)
    for row, text in enumerate(texts):
        for column, pattern in enumerate(_COMPILED):
            if pattern.search(text):
                features[row, column] = CUE_SCALE
    return features
