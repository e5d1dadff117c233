"""Whose culture a mention of a country tells of: the salesperson's, the customer's, or nobody's.

A linear model over the words around each mention, trained on the labelled accounts, is joined with what the fine-tuned
network makes of the mention in the whole account; then the one pair of countries is chosen that the mentions of an account
support best together. The linear model sees neither names nor countries, and a country comes from a mention alone: no
culture is ever inferred from a personal name.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from coach.errors import EncoderError
from coach.library.atomic import write_atomically
from coach.reading.gazetteer import Mention
from coach.reading.sentences import Span, sentences

PACKAGED_ATTRIBUTION = Path(__file__).parent / "weights" / "attribution.json"


class Owner(StrEnum):
    """Whose culture a mention tells of."""

    SALESPERSON = "salesperson"
    CUSTOMER = "customer"
    NOBODY = "nobody"


_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+|[.,;:!?()\n–—-]")
_I_WORDS = frozenset("i i'm im i've i'd i'll me my mine myself we we're us our ours".split())
_OTHER_WORDS = frozenset("he she he's she's him her his hers they their them they're who whose".split())
_ROLE_WORDS = frozenset(
    "customer client buyer buys buying bought contact purchasing purchaser procurement manager director owner "
    "distributor importer plant factory mill company firm group dairy chain works shop yard engineer boss head".split()
)
_SELF_SALES = frozenset(
    ["sell", "selling", "sold", "sales", "rep", "seller", "export", "exporter", "supply", "supplies", "account"]
)


_SAYS_SELF = re.compile(
    r"(?:^|\b)(?:i'm|i am|im|as an?|being an?|we|us|i'm from|i am from|we are|i come from)(?: an?| the| from| in)?$"
)
_SAYS_OTHER = re.compile(r"\b(?:(?:he|she|who) (?:is|comes|was)|(?:he|she)'s)(?: an?| from| in)*$")
_MINE = re.compile(r"\b(?:my|our|the|this|a)$")
_ROLE_NEXT = re.compile(r"(?:customer|client|buyer|contact|purchaser|manager|owner|director|counterpart|partner|distributor)\b")


OwnerScores = Mapping[Owner, float]
"""Log-probability of each owner of a mention."""


@dataclass(frozen=True)
class AttributionWeights:
    """The trained model: for each owner a bias and the weight of each feature."""

    bias: Mapping[str, float]
    weight: Mapping[str, Mapping[str, float]]

    def scores(self, features: Sequence[str]) -> dict[Owner, float]:
        """Return the log-probability of each owner."""
        raw = {owner: self.bias[owner] + sum(self.weight[owner].get(feature, 0.0) for feature in features) for owner in Owner}
        top = max(raw.values())
        total = top + math.log(sum(math.exp(value - top) for value in raw.values()))
        return {owner: value - total for owner, value in raw.items()}


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which countries the two persons are taken to belong to, with the mention that says it best."""

    salesperson: Mention | None
    customer: Mention | None


def owner_scores(text: str, mentions: Sequence[Mention], weights: AttributionWeights) -> list[OwnerScores]:
    """Return for each mention the log-probability of each owner."""
    return [weights.scores(features) for features in mention_features(text, mentions)]


def attribute(
    text: str, mentions: Sequence[Mention], owners: Sequence[OwnerScores], *, salesperson_country: str | None
) -> Attribution:
    """Return the pair of mentions that the account supports best.

    Args:
        text: the account.
        mentions: what the gazetteer found in it.
        owners: for each mention the log-probability of each owner.
        salesperson_country: what the profile says; it holds unless the account clearly says otherwise.
    """
    scored = list(zip(mentions, owners, strict=True))
    support: dict[str, dict[Owner, float]] = {}
    for mention, scores in scored:
        totals = support.setdefault(mention.country, {Owner.SALESPERSON: 0.0, Owner.CUSTOMER: 0.0})
        # Where somebody was born, or what the passport says, counts less than where they are (codebook, D1).
        share = _BIRTH_SHARE if _BIRTH.search(text[max(0, mention.start - 40) : mention.start]) else 1.0
        for owner in totals:
            strength = share * math.exp(scores[owner])
            totals[owner] = max(totals[owner], strength) + 0.15 * min(totals[owner], strength)
    best = -1.0
    chosen: tuple[str | None, str | None] = (None, None)
    countries: list[str | None] = [*support, None]
    for own in countries:
        for other in countries:
            if own is not None and own == other and not _two_mentions(scored, own):
                continue
            value = _value(support, own, Owner.SALESPERSON) + _value(support, other, Owner.CUSTOMER)
            if own is not None and own == other:
                value -= _SAME_COUNTRY
            if salesperson_country and own is None:
                value += _PROFILE - (_SAME_COUNTRY if other == salesperson_country else 0.0)
            if value > best + 1e-9:
                best, chosen = value, (own, other)
    return Attribution(
        salesperson=_mention(scored, chosen[0], Owner.SALESPERSON), customer=_mention(scored, chosen[1], Owner.CUSTOMER)
    )


_BIRTH = re.compile(
    r"\b(?:born|passport|on paper|roots|parents (?:are|were|came)|citizen\w*|(?:mother|father|wife|husband) (?:is|was|came))\b"
    r"[^.!?;]*$",
    re.IGNORECASE,
)
_BIRTH_SHARE = 0.4

_LEAST_SUPPORT = {Owner.SALESPERSON: 0.08, Owner.CUSTOMER: 0.05}
"""Probability that a mention must have for a person to be placed by it; tuned on held-out writers."""

_PROFILE = 0.7
"""What the profile's word for the salesperson's country is worth: the account must say clearly otherwise to win over it."""

_SAME_COUNTRY = 0.6
"""What taking both persons for compatriots costs: two mentions of one country usually tell of one person."""


def _value(support: Mapping[str, Mapping[Owner, float]], country: str | None, owner: Owner) -> float:
    return _LEAST_SUPPORT[owner] if country is None else support[country][owner]


def _two_mentions(scored: Sequence[tuple[Mention, OwnerScores]], country: str) -> bool:
    own = [scores for mention, scores in scored if mention.country == country]
    return len(own) > 1


def _mention(scored: Sequence[tuple[Mention, OwnerScores]], country: str | None, owner: Owner) -> Mention | None:
    candidates = [(scores[owner], mention) for mention, scores in scored if mention.country == country]
    return max(candidates, key=lambda item: item[0])[1] if candidates else None


def mention_features(text: str, mentions: Sequence[Mention]) -> list[list[str]]:
    """Return the features of each mention: words and word classes around it, and its place among the mentions."""
    bounds = sentences(text)
    return [_features(text, mentions, number, bounds) for number in range(len(mentions))]


def _features(text: str, mentions: Sequence[Mention], number: int, bounds: Sequence[Span]) -> list[str]:
    mention = mentions[number]
    sentence = next((s for s in bounds if s.start <= mention.start < s.end), Span(0, len(text)))
    position = next((i for i, s in enumerate(bounds) if s == sentence), 0)
    left = _tokens(text, max(0, mention.start - 90), mention.start, mentions)
    right = _tokens(text, mention.end, min(len(text), mention.end + 60), mentions)
    features = [f"kind={mention.kind}", f"order={min(number, 4)}", f"sentence={min(position, 4)}"]
    for distance in range(1, 4):
        features.append(f"L{distance}={left[-distance] if len(left) >= distance else '^'}")
        features.append(f"R{distance}={right[distance - 1] if len(right) >= distance else '$'}")
    features.append("L12=" + "_".join(left[-2:]))
    features.append("L123=" + "_".join(left[-3:]))
    features.append("LR=" + "_".join([*left[-1:], *right[:1]]))
    features += sorted({f"l:{token}" for token in left[-10:]})
    features += sorted({f"r:{token}" for token in right[:7]})
    features += _classes(text, sentence, mention, left, right)
    same = [m for m in mentions if m.country == mention.country]
    features.append(f"repeated={min(len(same), 3)}")
    features.append(f"first={same[0] is mention}")
    features.append(f"countries={min(len({m.country for m in mentions}), 4)}")
    ordered = list(dict.fromkeys(m.country for m in mentions))
    features.append(f"country_order={min(ordered.index(mention.country), 3)}/{min(len(ordered), 3)}")
    return features


def _classes(text: str, sentence: Span, mention: Mention, left: list[str], right: list[str]) -> list[str]:
    before = [t for t in _tokens(text, sentence.start, mention.start, ()) if t.isalpha() or "'" in t]
    last_person = next((("I" if t in _I_WORDS else "O") for t in reversed(before) if t in _I_WORDS | _OTHER_WORDS), "-")
    nearest = next(
        (
            ("I" if t in _I_WORDS else "O" if t in _OTHER_WORDS else "N")
            for t in reversed(left)
            if t in _I_WORDS | _OTHER_WORDS or t == "NAME"
        ),
        "-",
    )
    following = next(
        (
            ("I" if t in _I_WORDS else "O" if t in _OTHER_WORDS else "N")
            for t in right
            if t in _I_WORDS | _OTHER_WORDS or t == "NAME"
        ),
        "-",
    )
    whole = _tokens(text, sentence.start, sentence.end, ())
    close, behind = " ".join(left[-4:]), " ".join(right[:2])
    return [
        f"says_self={bool(_SAYS_SELF.search(close))}",
        f"says_other={bool(_SAYS_OTHER.search(close)) or bool(_MINE.search(close) and _ROLE_NEXT.match(behind))}",
        f"last_person={last_person}",
        f"nearest={nearest}",
        f"following={following}",
        f"both={nearest}{following}",
        f"role_left={any(t in _ROLE_WORDS for t in left[-8:])}",
        f"role_right={any(t in _ROLE_WORDS for t in right[:6])}",
        f"sales_left={any(t in _SELF_SALES for t in left[-10:])}",
        f"sales_right={any(t in _SELF_SALES for t in right[:8])}",
        f"i_in_sentence={any(t in _I_WORDS for t in whole)}",
        f"other_in_sentence={any(t in _OTHER_WORDS for t in whole)}",
        f"starts_sentence={mention.start - sentence.start < 3}",
    ]


def _tokens(text: str, start: int, end: int, mentions: Sequence[Mention]) -> list[str]:
    """Return the words of a stretch in lower case, with places, names and numbers masked."""
    places = [(m.start, m.end) for m in mentions]
    tokens: list[str] = []
    sentence_start = start == 0
    for match in _TOKEN.finditer(text, start, end):
        word = match.group()
        if any(a <= match.start() < b for a, b in places):
            if not tokens or tokens[-1] != "PLACE":
                tokens.append("PLACE")
        elif word.isdigit():
            tokens.append("NUM")
        elif (
            word[0].isupper()
            and not sentence_start
            and word not in ("I", "I'm", "I’m", "I've", "I’ve", "Mr", "Mrs", "Ms", "Dr")
        ):
            tokens.append("NAME")
        else:
            tokens.append(word.lower().replace("’", "'"))
        sentence_start = word in ".!?\n:"
    return tokens


def load_attribution(path: Path = PACKAGED_ATTRIBUTION) -> AttributionWeights:
    """Read the trained model.

    Raises:
        EncoderError: the file is missing or damaged.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return AttributionWeights(bias=raw["bias"], weight=raw["weight"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EncoderError(
            f"The reader's trained weights in {path} are missing or damaged.",
            "Install Rapport again, or train them anew with `coach train`.",
        ) from error


def save_attribution(weights: AttributionWeights, path: Path) -> None:
    """Write the model as sorted JSON, atomically."""
    content = {
        "bias": dict(weights.bias),
        "weight": {owner: dict(sorted(table.items())) for owner, table in weights.weight.items()},
    }
    write_atomically(path, json.dumps(content, ensure_ascii=False, separators=(",", ":")))
