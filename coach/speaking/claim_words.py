# ruff: noqa: E501 - a pattern reads best unbroken
"""The words by which the claim check knows a finding, a private topic, a denial, an opposite, and talk of whole peoples.

Patterns are for text whose quotation marks and apostrophes are straight; all ignore case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


FINDINGS: tuple[re.Pattern[str], ...] = (
    *(_words(name) for name in ("trial", "enmeshment", "renegotiation")),
    _words(
        r"trial|getting to know|polite(?:ly|ness)?|strangers?|acquaintances?|distan(?:ce|t)|formal(?:ly)?|small talk|first[- ]phase"
    ),
    _words(
        r"enmeshment|(?:grow(?:n|ing|s)?|grew|becom(?:e|ing)|became|get(?:ting)?|drawing|com(?:e|ing)) (?:\w+ )?close|closer|are close"
    ),
    _words(
        r"renegotiation|friend(?:s|ly|ship)?|buddies|intimate\w*|inseparable|confidants?|soulmates?|like (?:brothers|sisters|family)"
        r"|(?:are|is|feel|stand|so|very|really|already) (?:\w+ )?close|trusts? you|loves? you|in love"
    ),
    _words(r"cool(?:ed|ing|s)?|cold|broken|estranged|fallen out|drifted|hates?|dislikes?|angry|offended|hurt"),
    _words(r"(?:low|high)[- ]context|(?:low|high) (?:cultural )?(?:diversity|intelligence|cq)|cultural intelligence"),
)
"""What names a finding, in the study's words and in plain ones, grouped by the finding."""

UNKNOWN = _words(
    r"(?:can't|cannot|could not|couldn't|not|don't|hard to|difficult to|too (?:early|soon) to|unable to) (?:\w+ ){0,3}?"
    r"(?:tell|say|know|see|judge|read|place|placed|make out|clear|certain|sure)|unclear|none of them|\w+n't placed"
)
"""What says that something cannot be told; a line that says so may not be worded without."""

TOPICS: tuple[re.Pattern[str], ...] = (
    _words(
        r"famil\w+|home|house|children|child|kids?|boys?|girls?|sons?|daughters?|baby|wife|husband|spouses?|wives|marri\w*|mother|father|parents?"
        r"|mum|dad|brothers?|sisters?|grand\w+|relatives|cousins?|private(?:ly)?|personal(?:ly)?|intimate\w*"
    ),
    _words(
        r"divorc\w*|separat(?:ed|ion)|custody|alimony|ex-?(?:wife|husband)|broke up|break-?up|cheat(?:ed|ing)|affair|mistress|lover"
    ),
    _words(
        r"ill|illness\w*|sick\w*|disab\w*|diseas\w*|cancer|chemo\w*|tumou?r|diagnos\w*|hospital\w*|surger(?:y|ies)|health\w*|therap\w*|depress\w*"
        r"|anxiety|panic|burn-?out|trauma\w*|miscarr\w*|pregnan\w*|abortion|infertil\w*|medic\w+|anorexia|weight"
    ),
    _words(
        r"grie[fv]\w*|bereav\w*|mourn\w*|deaths?|dead|died|dying|dies|funerals?|graves?|coffin|suicid\w*|lost (?:his|her|your|my|their)"
    ),
    _words(
        r"sham(?:e|ed|eful)|ashamed|secrets?|secretly|confess\w*|fail(?:ed|ure|ures|ing)?|mistakes?|misread|guilt\w*|embarrass\w*|handled .{0,20}badly"
    ),
    _words(r"bankrupt\w*|debts?|salar(?:y|ies)|income|mortgage|loans?|wages|brib\w*|kickbacks?|envelope"),
    _words(r"religio\w*|(?<!keep )(?<!keeping )faith|pray\w*|god|church|mosque|bible|politic\w*|elections?|voted?|values|war"),
    _words(r"addict\w*|alcohol\w*|drunk|drinking|drugs?|rehab|gambl\w*|prison|arrest\w*|police|lawsuit"),
    _words(r"sex\w*|gay|kiss\w*|hug\w*|flirt\w*|romantic\w*|naked|seduc\w*"),
)
"""Private topics; a line may speak of one only where the composed line does."""

NEGATION = re.compile(
    r"\b(?:not|no|never|nothing|nobody|none|neither|nor|without|avoid\w*|refus\w*|cannot|stop)\b|n't\b", re.IGNORECASE
)
HARMLESS_NEGATION = re.compile(
    r"\b(?:no (?:more|less|fewer|later|sooner) than|not only|no doubt|why not|if not|or not|not (?:to )?mention|(?:do not|don't) hesitate"
    r"|no (?:hurry|rush|need to hurry))\b",
    re.IGNORECASE,
)
SOFT_NEGATION = _words(
    r"instead of|rather than|seldom|rarely|hardly|barely|skip\w*|leav\w* (?:\S+ ){0,4}?(?:out|aside|there|alone|unsaid|be|it at that)"
    r"|refrain\w*|hold(?:ing)? (?:\w+ )?back|free (?:of|from)|stay\w* (?:out|off|away)|keep\w* (?:\w+ )?(?:out|off|away|away from)|far from"
    r"|unsaid|unasked|unprompted|unsure|unclear|yet to|lack\w*|absent|missing|too (?:early|soon)|hard to|beyond|fail\w* to|let (?:\S+ ){1,4}?rest"
    r"|resist\w*|before .{3,40} (?:anyone|anybody) else"
)
"""What denies in a roundabout way: it may stand for a plain denial, and a plain denial for it."""


def _pairs(*rows: tuple[str, str]) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((_words(first), _words(second)) for first, second in rows)


OPPOSITES = _pairs(
    (r"close|closer|near", r"distant|far|apart|remote"),
    (r"warm\w*", r"cold\w*|cool\w*|frosty"),
    (r"small|little|tiny", r"big|bigger|large|huge|great"),
    (r"light\w*", r"heavy|heavily|hard"),
    (r"early|earlier", r"late|later"),
    (r"first", r"last"),
    (r"before", r"after"),
    (r"always", r"never"),
    (r"often|regular(?:ly)?|usual(?:ly)?", r"seldom|rarely|hardly ever"),
    (
        r"glad\w*|happ(?:y|ily)|willing\w*|pleasure|like|enjoy\w*|welcom\w*",
        r"reluctant\w*|unwilling\w*|grudging\w*|sad\w*|dislike|hate",
    ),
    (r"both", r"neither"),
    (r"alone|in private|privately", r"in public|publicly|in company|in front of|before (?:the )?(?:others|team|colleagues)"),
    (r"short|brief\w*", r"long|lengthy"),
    (r"slow\w*", r"fast\w*|quick\w*|hurr(?:y|ied)|rush\w*"),
    (r"quiet\w*|soft\w*", r"loud\w*"),
    (r"keep\w*|kept", r"break\w*|broke|broken|drop\w*|abandon\w*"),
    (r"more", r"less|fewer"),
    (r"accept\w*|agree\w*", r"refus\w*|reject\w*|disagree\w*"),
    (r"give\w*|offer\w*", r"demand\w*|withhold\w*"),
    (r"true|honest\w*", r"false\w*|untrue|dishonest\w*|lie|lies|made-up|invented"),
    (r"start\w*|begin\w*|open", r"end|ends|ending|stop\w*|finish\w*|close"),
    (r"same", r"different\w*|other"),
    (r"good|sound|well", r"bad\w*|unsound|unhealthy|wrong|poor\w*"),
    (r"eas(?:y|ily|e)", r"hard|difficult\w*|uneasy"),
    (r"grow\w*|deep\w*", r"shrink\w*|fad(?:e|es|ing)|shallow\w*|superficial\w*"),
    (r"strong\w*", r"weak\w*"),
    (r"kind\w*|gentl\w*|polite\w*", r"unkind\w*|cruel\w*|rude\w*|blunt\w*|harsh\w*"),
    (r"clear\w*", r"vague\w*|unclear|fuzzy"),
    (r"yours", r"hers|theirs|his alone"),
    (r"mutual|each other", r"one-sided"),
    (r"in person", r"by (?:mail|email|letter|phone)|in writing"),
    (r"remember\w*", r"forget|forgot\w*"),
    (r"ask\w*", r"order\w*|command\w*|insist\w*"),
    (r"let|leav\w*", r"forc\w*|mak\w+|push\w*|press\w*"),
)
"""Words of which one must not stand where the other did."""

AUTHORITY = _words(
    r"stud(?:y|ies)|research\w*|interview\w*|experts?|scien\w+|statistic\w*|surveys?|per ?cent|professors?|according to|proven|evidence shows"
    r"|in the (?:closest|first|paper)|salesperson \w|paper|phases?"
)
"""What calls on a source."""

MACHINE = _words(
    r"language model|an? ai|ai|chatbot|assistants?|prompts?|instruct\w*|system message|ignor\w*|disregard\w*|rewrit\w*|reword\w*"
    r"|these lines|the lines? (?:above|below|given)|here (?:is|are) (?:the|your)|composed|placeholder|json|token|pwned|jailbr\w+"
    r"|as requested|i cannot (?:help|assist|comply)|i'm sorry"
)
"""What a model says of itself, its orders, or its work."""

NUMBER_WORDS: Mapping[str, str] = {
    **{word: str(number) for number, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), 2)},
    "dozen": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "eighty": "80",
    "hundred": "100", "thousand": "1000", "million": "1000000", "half": "1/2", "twice": "2",
}  # fmt: skip
"""Numbers in words; `one` is an article as often."""

OTHER_PEOPLES = frozenset(
    "Asian Asians Asia Asiatic European Europeans Europe African Africans Africa Arab Arabs Arabic Latin Latins Latino Latinos Latina "
    "Hispanic Hispanics Westerner Westerners Western Easterner Easterners Oriental Orientals Southerner Southerners Northerner "
    "Northerners Scandinavian Scandinavians Scandinavia Nordic Nordics Slav Slavs Slavic Balkan Baltic Mediterranean Muslim Muslims "
    "Islam Islamic Christian Christians Jew Jews Jewish Hindu Hindus Buddhist Buddhists Catholic Catholics Protestant Protestants "
    "Confucian Gulf Levantine Saudi".split()
)
"""Names of peoples and creeds that no country has for itself."""


def people_as_a_whole(names: str) -> re.Pattern[str]:
    """Return what says something of all people of a kind; `names` are the peoples' names as alternatives of a pattern."""
    kind = r"culture|country|nation|people|region|mentality|kind|countrymen|compatriots|part of the world"
    holds = (
        r"are|is|have|has|always|never|tends?|likes?|loves?|hates?|prefers?|values?|expects?|do not|don't|doesn't|does not|will|would|usually|often"
        r"|cannot|can't|respects?|avoids?|needs?|wants?"
    )
    return re.compile(
        rf"\b(?:{names})s?(?: (?:people|customers?|buyers?|clients?|business(?:men|people|person)|culture|men|women|managers?|partners?))?,?"
        rf"\s+(?:{holds})\b"
        r"|\bpeople (?:there|from|in|of|down there|over there|like (?:him|her|them|that|these))\b"
        rf"|\b(?:his|her|their|that|this|such|those|these|your customer's) (?:{kind})\b"
        r"|\bwhere (?:he|she|they) comes? from\b"
        r"|\bthey (?:all|always|never|tend|usually)\b|\b(?:everyone|everybody|nobody|no one|anyone) (?:there|over there|down there)\b"
        r"|\b(?:mentality|temperament|countrymen|compatriots|natives|foreigners|locals|national character)\b"
        rf"|\b(?:typical(?:ly)?|so|very|truly|being|as an?|like an?|like all|like every|the|all|most|every) (?:{names})\b",
        re.IGNORECASE,
    )
