# ruff: noqa: E501 - a line of a reply reads best unbroken
"""Composed lines of real replies, each as a good language model would word it anew."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rewording:
    """A line and other words for it.

    Attributes:
        composed: as the built-in voice says it.
        worded: as a good model says it.
    """

    composed: str
    worded: str


HONEST = (
    # answers
    Rewording(
        "You and Mr Kuroda are still just getting to know each other, and you both seem to want more, so small steps will carry it. "
        "Your two ways of talking lie far apart, so time spent on him in person is seldom wasted.",
        "You and Mr Kuroda are still getting to know one another, and since you both seem to want more, small steps will do. Your "
        "two ways of talking lie far apart, so time with him in person is seldom wasted.",
    ),
    Rewording(
        "You and Annika are still on polite terms, and for now the wish for more is yours, so keep it light and leave the pace to her.",
        "For now you and Annika are on polite terms and the wish for more is yours, so keep things light and let her set the pace.",
    ),
    Rewording(
        "You and Kyle are still on polite terms, and it is Kyle who would like more; you can be warm and stay where you are.",
        "You and Kyle are on polite terms still. It is Kyle who would like more, and you can be warm while staying where you are.",
    ),
    Rewording(
        "You and Craig know each other well, and both of you like it as it is; tend it and leave it there. With cultures as near as "
        "yours, it need not become deeper than it is to work well.",
        "You and Craig know each other well and you both like it the way it is, so look after it and leave it there. With cultures "
        "this near, it does not have to go deeper to work well.",
    ),
    Rewording(
        "You and Ms Baek keep a polite working distance, neither of you asks for more, and that is a sound place to stay.",
        "You and Ms Baek keep a polite working distance; neither of you is asking for more, and that is a sound place to be.",
    ),
    Rewording(
        "You and Bent are growing closer, and you both want it; what helps now is one step further, not two.",
        "You and Bent are growing closer, which you both want. What helps now is one step further, not two.",
    ),
    Rewording(
        "You and Priya have grown closer, and Priya would go further than you would; keep what you have, kindly and clearly.",
        "You and Priya have grown closer, though she would go further than you would, so keep what you have, kindly and clearly.",
    ),
    Rewording(
        "You and Rodrigo have grown closer, but the wish for still more is yours alone, so look after what is there.",
        "You and Rodrigo have grown closer, but the wish for still more is only yours, so take good care of what is there.",
    ),
    Rewording(
        "You and Jari are close, almost friends; what is left to do is to keep it sound. With cultures as near as yours, it need not "
        "become deeper than it is to work well.",
        "You and Jari are close, almost friends, and what remains is to keep it sound. With cultures as near as yours, it need not "
        "go any deeper to work well.",
    ),
    Rewording(
        "You and Hany are close, almost friends; now it is about keeping faith, with each other and with the work.",
        "You and Hany have become close, almost friends; now it comes down to keeping faith with each other and with the work.",
    ),
    Rewording(
        "What was once close between you and Gianluca has cooled to polite business; it can grow again, but from small things.",
        "What was once close between you and Gianluca has cooled to polite business. It can grow again, starting from small things.",
    ),
    Rewording(
        "You and Rui were closer than this; something has cooled, yet there is still a good deal to build on.",
        "You and Rui used to be closer than this. Something has cooled, but there is still a good deal to build on.",
    ),
    Rewording(
        "I can't tell yet how close you and Mr Shen are: you tell me about the matter, not about the two of you.",
        "I can't say yet how close you and Mr Shen are, because you tell me about the matter and not about the two of you.",
    ),
    Rewording(
        "You tell me of more than one customer, so I have placed none of them yet.",
        "You tell me about more than one customer, so I haven't placed any of them yet.",
    ),
    Rewording(
        "With Mrs Ito it begins again, whatever you had with the person before, so start small and let it grow.",
        "With Mrs Ito it begins anew, whatever you had with the person before her, so start small and let it grow.",
    ),
    # evidence
    Rewording(
        "You write “Three meetings so far with Mr Kuroda of a dairy group in Kobe”, which is formal meetings only, and “We talk about "
        "the cherry season, his ski holiday in Hokkaido, and the spec sheet”: polite small talk.",
        "“Three meetings so far with Mr Kuroda of a dairy group in Kobe” tells me of formal meetings only, and “We talk about the "
        "cherry season, his ski holiday in Hokkaido, and the spec sheet” is polite small talk.",
    ),
    Rewording(
        "I take that from “He is correct, soft-spoken, always the same: the heat, the cricket score …”: polite small talk.",
        'I take that from your words "He is correct, soft-spoken, always the same: the heat, the cricket score …", which is polite '
        "small talk.",
    ),
    Rewording(
        "You write “Beto and I know each other's kids by name” and “we've talked about what kind of fathers we're trying to be”: both "
        "times, talk of family.",
        "Both “Beto and I know each other’s kids by name” and “we’ve talked about what kind of fathers we’re trying to be” are talk "
        "of family.",
    ),
    Rewording(
        "I take that from “I told him about my daughter's anorexia, the feeding tube, my not seeing it”: talk of illness.",
        "What tells me so is “I told him about my daughter's anorexia, the feeding tube, my not seeing it”, which is talk of illness.",
    ),
    Rewording(
        "You write “Now he has a key to our summerhouse”, which is staying at each other's home, and “When the cabinets leaked last "
        "winter he shouted at me”: disagreement voiced openly.",
        "You write “Now he has a key to our summerhouse”, so you stay at each other's home, and “When the cabinets leaked last winter "
        "he shouted at me”, which is disagreement voiced openly.",
    ),
    Rewording(
        "I take that from “She texts in place of calling a meeting, and on Thursdays when I'm there we play badminton”: time together "
        "off work.",
        "I read that in “She texts in place of calling a meeting, and on Thursdays when I'm there we play badminton”: that is time "
        "together off work.",
    ),
    # conduct
    Rewording(
        "You know how things work there, you check your own reading, you like it, and you adapt: “It worked, and honestly I look forward "
        "to Kobe more than to Stockholm”.",
        "You know how things work there, you check your own reading, you enjoy it and you adapt; “It worked, and honestly I look "
        "forward to Kobe more than to Stockholm” shows it.",
    ),
    Rewording(
        "You change what you do for him (“I always stop by his office first with a box of pecans”); what I don't see yet is a second look "
        "at your own assumptions.",
        "You change what you do for him, as in “I always stop by his office first with a box of pecans”; what I don't yet see is a "
        "second look at your own assumptions.",
    ),
    Rewording(
        "You look at your own reading twice (“I catch myself taking 'ah sure, we'll see' for a yes …”).",
        "You take a second look at your own reading: “I catch myself taking 'ah sure, we'll see' for a yes …”.",
    ),
    Rewording(
        "What stands in the way is that you would rather not get involved (“No interest in their customs, and at fifty-eight I'm not "
        "about to take it up”).",
        "What stands in the way is that you'd rather not get involved: “No interest in their customs, and at fifty-eight I'm not about "
        "to take it up”.",
    ),
    Rewording(
        "One thing I would question is a picture of the country that is too simple (“All Turks haggle and all Turks come late”).",
        "The one thing I'd question is too simple a picture of the country: “All Turks haggle and all Turks come late”.",
    ),
    Rewording(
        "You go there gladly (“I'd welcome more, a Sunday at his home, to meet the girls”); what I don't see yet is that you do anything "
        "differently.",
        "You go there gladly (“I'd welcome more, a Sunday at his home, to meet the girls”), but I don't see you doing anything "
        "differently yet.",
    ),
    # steps
    Rewording(
        "When you confirm the visit, ask Mr Kuroda for one place worth an hour of your time, and go there before the meeting.",
        "As you confirm the visit, ask Mr Kuroda for one place that is worth an hour of your time, and see it before the meeting.",
    ),
    Rewording(
        "Add one cheerful line about your own weekend to the next mail, without a question, so that Annika is free to pass over it.",
        "In your next mail, add a cheerful line about your own weekend, with no question in it, so that Annika is free to pass over it.",
    ),
    Rewording(
        "After a hard price round, put the papers away, walk to the door together and exchange one light word before you part.",
        "When a hard price round is over, put the papers away, walk together to the door and share one light word before you part.",
    ),
    Rewording(
        "If you plan to retire, move or change jobs, tell Anke in person before the announcement, and ask about her own plans.",
        "Should you plan to retire, move or change jobs, tell Anke in person before it is announced, and ask what her own plans are.",
    ),
    Rewording(
        "At your next private meeting, tell Bernd about a mistake you made and why you kept quiet, without asking to be comforted.",
        "Next time you meet in private, tell Bernd of a mistake you made and why you kept quiet about it, without asking for comfort.",
    ),
    Rewording(
        "When you are alone, say once that you have not forgotten the hard thing Lasse told you, and leave it to him whether to speak of it.",
        "When it is just you and Lasse, say once that you haven't forgotten the hard thing he told you, and leave it to him whether "
        "to talk about it.",
    ),
    Rewording(
        "Ring for ten minutes on an ordinary day, ask after one person at home, tell one thing from yours, and leave it there.",
        "On an ordinary day, ring for ten minutes, ask after one person in the family, tell something from yours, and leave it at that.",
    ),
    Rewording(
        "Once at the year's end, ask Craig about the same house, garden or children you have always asked about. Go no deeper.",
        "Once, at the end of the year, ask Craig about the house, the garden or the children you have always asked about, and don't go "
        "deeper.",
    ),
    Rewording(
        "Offer Mr Ueda one easy, unhurried thing off the agenda, a walk to the car or a coffee standing, and let the answer guide you.",
        "Offer Mr Ueda something easy and unhurried that is off the agenda, such as a coffee standing or a walk to the car, and let "
        "his answer guide you.",
    ),
    # what to say
    Rewording(
        "I have a free hour on Tuesday before my train. What would you show me in your town?",
        "I'll have a free hour before my train on Tuesday. What would you show me in your town?",
    ),
    Rewording(
        "We close for two weeks in July and I'm going to a lake without internet. Do you get a break this summer?",
        "We're closed for two weeks in July and I'm off to a lake with no internet. Will you get a break this summer?",
    ),
    Rewording(
        "I have not forgotten what you told me. If you ever want to speak of it, I am here.",
        "I haven't forgotten what you told me. I'm here if you ever want to talk about it.",
    ),
    Rewording(
        "I know it is not what it was between us. I am asking for nothing. I will keep my dates.",
        "I know things between us are not what they were. I'm not asking for anything. I will keep my dates.",
    ),
    Rewording(
        "In the first year I took your silence for no. What did you find strange about me?",
        "In our first year I took your silence to mean no. What seemed strange to you about me?",
    ),
    Rewording(
        "Kind of you to ask. All is well at home, thank you. How was your weekend?",
        "That's kind of you to ask. All is well at home, thanks. And how was your weekend?",
    ),
    Rewording(
        "No big talk today. I only wanted to hear your voice and know that everyone's fine.",
        "Nothing big today. I only wanted to hear your voice and to know that everyone is fine.",
    ),
    # what to wait for
    Rewording(
        "a place named with some warmth, or an offer to come along.",
        "a place he names with some warmth, or an offer to come along.",
    ),
    Rewording(
        "both of you moving on to the list without a pause.",
        "both of you going on to the list without any pause.",
    ),
    Rewording("laughter, then an honest example from Avi.", "a laugh, and then an honest example from Avi."),
    Rewording(
        "one unforced remark beyond the order, and you do not pounce on it.",
        "a single unforced remark beyond the order, on which you do not pounce.",
    ),
    Rewording("plans in the reply, even half a line.", "some plans in the reply, be it half a line."),
    Rewording(
        "a word about it on Monday, without your raising it.",
        "a word about it on Monday that you did not have to raise yourself.",
    ),
    # why
    Rewording("Small talk is where the first phase lives. [F05]", "The first phase lives on small talk. [F05]"),
    Rewording(
        "A Danish customer put it between friendship and pure business. [Q11]",
        "A Danish customer in the study placed it somewhere between friendship and pure business. [Q11]",
    ),
    Rewording(
        "In the closest pairs of the study people spoke of shame, failure and family problems. [Q08]",
        "Among the closest pairs in the study, people talked about shame, failure and family problems. [Q08]",
    ),
    Rewording(
        "Salesperson H says that looking into a small cultural failure together deepened the relationship. [Q04]",
        "Looking into a small cultural failure together deepened the relationship, says Salesperson H. [Q04]",
    ),
    Rewording(
        "Some people on either side feel a deep relationship as a burden. [F30]",
        "There are people on either side who feel a deep relationship to be a burden. [F30]",
    ),
    Rewording(
        "Relationships in the study did not deepen on one side's wish alone, so an offer that needs no answer is as far as fairness "
        "goes. [F29]",
        "In the study, relationships did not deepen on the wish of one side alone, so fairness goes as far as an offer that needs no "
        "answer. [F29]",
    ),
    Rewording(
        "Salesperson F says the relationship taught what it means to be Italian, and that the customer came to trust the Finnish way. "
        "[Q07]",
        "Salesperson F tells how the relationship taught what it means to be Italian, and how the customer came to trust the Finnish "
        "way. [Q07]",
    ),
    Rewording(
        "Trust is described in the interviews as keeping promises. [Q15]",
        "In the interviews, trust is described as the keeping of promises. [Q15]",
    ),
)
