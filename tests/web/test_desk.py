"""A conversation at the desk: stages in order, words kept or given back, nothing said that should not be."""

from __future__ import annotations

import logging

from coach.errors import AccountError
from coach.records import Account, Record
from coach.web import texts
from coach.web.desk import converse, stopped
from coach.web.render import transcript
from coach.web.session import Session


def test_a_message_passes_through_the_stages_to_a_record(desk_with, first) -> None:
    views = list(converse(desk_with(lambda _: first.record), Session(), first.said, "Finland"))
    stages = [view.session.exchanges[-1].stage for view in views]
    assert list(dict.fromkeys(stages)) == [*texts.STAGES, None]
    assert views[-1].session.thread.records == (first.record,)
    assert first.record.reply == views[-1].session.exchanges[-1].reply
    assert views[-1].panel is not None


def test_the_first_visitor_sees_that_the_coach_warms_up(desk_with, first) -> None:
    desk = desk_with(lambda _: first.record)
    desk.warmed.clear()
    views = list(converse(desk, Session(), first.said, None))
    assert views[0].session.exchanges[-1].stage == texts.WARMING
    assert desk.warmed.is_set()


def test_a_further_message_adds_to_the_account_and_shows_what_changed(desk_with, first, second) -> None:
    seen: list[str] = []

    def script(account: Account) -> Record:
        seen.append(account.text)
        return second.record if second.said in account.text else first.record

    desk = desk_with(script)
    once = list(converse(desk, Session(), first.said, None))[-1]
    twice = list(converse(desk, once.session, second.said, None))[-1]
    assert seen[1].startswith(first.said)
    assert seen[1].endswith(second.said)
    assert next(change.after for change in twice.session.changes or ()) == "enmeshment"
    assert texts.CHANGED_HEAD in (twice.panel or "")
    assert texts.CHANGED_HEAD not in (once.panel or "")


def test_an_error_of_the_user_is_said_calmly_and_the_words_come_back(desk_with) -> None:
    def refuse(account: Account) -> Record:
        raise AccountError("This is not about a customer.", "Tell me about one.")

    last = list(converse(desk_with(refuse), Session(), "hm", None))[-1]
    assert last.unsent == "hm"
    assert last.session.thread.turns == ()
    assert "This is not about a customer. Tell me about one." in transcript(last.session)


def test_a_defect_of_ours_is_logged_without_the_users_words(desk_with, caplog) -> None:
    def fail(account: Account) -> Record:
        raise ValueError(account.text)

    with caplog.at_level(logging.DEBUG):
        last = list(converse(desk_with(fail), Session(), "a private matter", None))[-1]
    assert texts.UNEXPECTED in transcript(last.session)
    assert "ValueError" in caplog.text
    assert "private" not in caplog.text


def test_stopping_keeps_the_words_in_the_thread(desk_with, first) -> None:
    coming = converse(desk_with(lambda _: first.record), Session(), first.said, None)
    halted = stopped(next(coming).session)
    coming.close()
    assert halted.thread.turns == (first.said,)
    assert texts.STOPPED in transcript(halted)
    assert stopped(Session()) == Session()


def test_what_users_write_stays_text_in_the_transcript(desk_with, first) -> None:
    hostile = "<img src=x onerror=alert(1)> ${1+1} {{x}}"
    last = list(converse(desk_with(lambda _: first.record), Session(), hostile, None))[-1]
    assert "<img" not in transcript(last.session)
    assert "&lt;img src=x onerror=alert(1)&gt;" in transcript(last.session)
