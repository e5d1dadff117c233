"""What the built-in voice says: sentences chosen by what was found, never by chance.

`$name` is the customer as the user names them, `$them` and `$their` the pronouns. Each sentence must hold for every account
that meets its condition.
"""

from __future__ import annotations

from collections.abc import Mapping

from coach.framework import CQLevel, Dimension, Diversity, Phase, Willingness

OPENING: Mapping[tuple[Phase, Willingness], str] = {
    (Phase.TRIAL, Willingness.MUTUAL): "You and $name are still just getting to know each other, and you both seem to want more, so small steps will carry it.",
    (Phase.TRIAL, Willingness.CUSTOMER_ONLY): "You and $name are still on polite terms, and it is $name who would like more; you can be warm and stay where you are.",
    (Phase.TRIAL, Willingness.SALESPERSON_ONLY): "You and $name are still on polite terms, and for now the wish for more is yours, so keep it light and leave the pace to $them.",
    (Phase.TRIAL, Willingness.NEITHER): "You and $name keep a polite working distance, neither of you asks for more, and that is a sound place to stay.",
    (Phase.TRIAL, Willingness.UNCLEAR): "You and $name are still just getting to know each other, so let the next step be small and easy to answer.",
    (Phase.ENMESHMENT, Willingness.MUTUAL): "You and $name are growing closer, and you both want it; what helps now is one step further, not two.",
    (Phase.ENMESHMENT, Willingness.CUSTOMER_ONLY): "You and $name have grown closer, and $name would go further than you would; keep what you have, kindly and clearly.",
    (Phase.ENMESHMENT, Willingness.SALESPERSON_ONLY): "You and $name have grown closer, but the wish for still more is yours alone, so look after what is there.",
    (Phase.ENMESHMENT, Willingness.NEITHER): "You and $name know each other well, and both of you like it as it is; tend it and leave it there.",
    (Phase.ENMESHMENT, Willingness.UNCLEAR): "You and $name are past politeness and growing closer; the next step should be one that $name can match.",
    (Phase.RENEGOTIATION, Willingness.MUTUAL): "You and $name are close, almost friends; now it is about keeping faith, with each other and with the work.",
    (Phase.RENEGOTIATION, Willingness.CUSTOMER_ONLY): "You and $name are close, and $name leans on it more than you would wish; it can stay warm with a clearer edge.",
    (Phase.RENEGOTIATION, Willingness.SALESPERSON_ONLY): "You and $name are close, though the wish for still more is yours; being reliable will say it better than words.",
    (Phase.RENEGOTIATION, Willingness.NEITHER): "You and $name are close, and neither of you wants it to go further; what you have is enough, and worth care.",
    (Phase.RENEGOTIATION, Willingness.UNCLEAR): "You and $name are close, almost friends; what is left to do is to keep it sound.",
}  # fmt: skip
"""The answer in one sentence."""

COOLED: Mapping[Phase, str] = {
    Phase.TRIAL: "What was once close between you and $name has cooled to polite business; it can grow again, but from small things.",
    Phase.ENMESHMENT: "You and $name were closer than this; something has cooled, yet there is still a good deal to build on.",
}
"""The answer where a closer relationship has cooled (P3)."""

NEW_CONTACT = "With $name it begins again, whatever you had with the person before, so start small and let it grow."
"""The answer where the contact person is new and the two are still on polite terms (P9)."""

SEVERAL_CUSTOMERS = "You tell me of more than one customer, so I have placed none of them yet."
UNCLEAR_WITH_WORDS = "I can't tell yet how close you and $name are: you tell me about the matter, not about the two of you."
UNCLEAR_NAMELESS = "I can't tell yet how close the two of you are: I read about the matter, but little about the person."
"""The answer where the account shows no phase (P7)."""

EASY_PAIR = " With cultures as near as yours, it need not become deeper than it is to work well."
"""Added at low diversity where nobody presses on (A3)."""

FAR_PAIR = " Your two ways of talking lie far apart, so time spent on $them in person is seldom wasted."
"""Added at high diversity where both sides may want more (A3)."""

SHOWN: Mapping[Dimension, str] = {
    Dimension.COGNITIVE: "You know something of how things are done there",
    Dimension.METACOGNITIVE: "You look at your own reading twice",
    Dimension.MOTIVATIONAL: "You go there gladly",
    Dimension.BEHAVIOURAL: "You change what you do for $them",
}
"""What a dimension that is evident looks like in plain words."""

CONTRARY: Mapping[Dimension, str] = {
    Dimension.COGNITIVE: "one thing I would question is a picture of the country that is too simple",
    Dimension.METACOGNITIVE: "one thing I would question is how sure you are of your own reading",
    Dimension.MOTIVATIONAL: "what stands in the way is that you would rather not get involved",
    Dimension.BEHAVIOURAL: "what stands in the way is that you keep doing it your own way",
}
"""What a dimension that is shown by its opposite looks like."""

MISSING: Mapping[Dimension, str] = {
    Dimension.COGNITIVE: "what I don't hear yet is what you know of how things are done there",
    Dimension.METACOGNITIVE: "what I don't see yet is a second look at your own assumptions",
    Dimension.MOTIVATIONAL: "what I don't hear yet is whether you want to adapt at all",
    Dimension.BEHAVIOURAL: "what I don't see yet is that you do anything differently",
}
"""What a dimension that is not evident leaves open."""

ALL_SHOWN: Mapping[CQLevel, str] = {
    CQLevel.HIGH: "You know how things work there, you check your own reading, you like it, and you adapt"
}

DIVERSITY: Mapping[Diversity, str] = {
    Diversity.LOW: "low cultural diversity",
    Diversity.HIGH: "high cultural diversity",
    Diversity.UNCLEAR: "cultural diversity not told",
}

PHASE: Mapping[Phase, str] = {
    Phase.TRIAL: "trial",
    Phase.ENMESHMENT: "enmeshment",
    Phase.RENEGOTIATION: "renegotiation",
    Phase.UNCLEAR: "phase not told",
}

LEVEL: Mapping[CQLevel, str] = {
    CQLevel.LOW: "low",
    CQLevel.MEDIUM: "medium",
    CQLevel.HIGH: "high",
    CQLevel.UNCLEAR: "not told",
}
