"""The example accounts that the empty page offers to start from (ours, written for the page)."""

from __future__ import annotations

from coach.web.texts import Example

EXAMPLES: tuple[Example, ...] = (
    Example(
        "Two visits to Osaka, and still so formal",
        "new, and far from home",
        "I'm from Turku and I sell bearings for paper machines. I have met Ms Hayashi of a mill group in Osaka "
        "twice. We speak about the autumn leaves, my flight and the delivery plan, and then there is a long "
        "silence that I hurry to fill. I don't know whether she has a family, and I would not ask. Before the "
        "second visit I read about how decisions go round the table there before anyone says yes, so I left the "
        "offer with her and did not press. She bowed very kindly and said they would study it. I rather like "
        "going there. How do I come a little closer without being clumsy?",
    ),
    Example(
        "Fishing with Lars",
        "closer, and not far away",
        "I'm Finnish and Lars buys our packaging film for a dairy in Jutland, Denmark. We started with prices "
        "five years ago, and now we go fishing together every May. He tells me about his daughters and about "
        "taking over the farm from his father, and I have told him why I left engineering for sales. If something "
        "is wrong with a batch he simply rings and says so. We don't need a meeting for every little thing any "
        "more. He asked if I would come along on a bigger plan for next year, and I think we would both like "
        "that. Should I do anything more, or just leave it as it is?",
    ),
    Example(
        "It used to be warm with Elif",
        "cooled after a promise",
        "Elif is head of purchasing at a textile firm in Izmir, and I sell dyeing machines from Sweden. For six "
        "years we were close: I was at her brother's wedding, and she told me about her father's illness when "
        "hardly anybody knew. Last winter our factory delivered seven weeks late after I had promised her boss "
        "the date myself, in front of her. Since then she writes two lines, copies in her assistant and signs "
        "with her full name. We speak about invoices and nothing else. I never really explained it. I would like "
        "it to be as it was, but I don't know if she would.",
    ),
    Example(
        "They want ten per cent off",
        "hardly anything to go on",
        "A buyer in Lyon wants ten per cent off the valve packages for next year and a shorter lead time. I have "
        "to answer by Thursday. What should I write to him?",
    ),
)
