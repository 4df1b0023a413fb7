"""Step 2: one log after the other is read, changed once and read again. Only the second reading says what came of it.

What is about to be sent is written down first. Whoever finds a log in that state reads it before anything else: where
it says what it should, the change has arrived; where it says what it said before, it may be sent again, three times in
all; else somebody else was there.
"""

from __future__ import annotations

from django.db.models import F

from gateway_dash.bulk.annotating.planning import NOT_KEPT, obstacle
from gateway_dash.bulk.annotating.spec import both, kept, name_words, value_words
from gateway_dash.bulk.models import WORDS_LENGTH, Item
from gateway_dash.bulk.work import Run
from gateway_dash.gateway.annotation import Annotation, Difference, Merge, merge, standing, unkept
from gateway_dash.gateway.errors import Forbidden, GatewayError, NotFound, Unauthorized
from gateway_dash.gateway.models import Log

ROUNDS = 3
GONE = "It is not there any more."
FOREIGN = "Somebody else changed it since: "
NO_ANSWER = f"Sent {ROUNDS} times, and it still says what it said before."


def step(run: Run) -> bool:
    """Some logs more; True when none waits any more."""
    while not run.is_spent() and not run.wants_to_end():
        item = under_way(run) or _first(run, Item.State.PENDING)
        if item is None:
            return True
        _bring(run, item)
    return False


def under_way(run: Run) -> Item | None:
    """A log to which something was sent, or was about to be, and that nobody has read since."""
    return _first(run, Item.State.SENDING)


def look_after(run: Run, item: Item) -> None:
    """Say what came of a change that was under way, and send nothing more."""
    log = _read(run, item)
    if log and not _found_so(run, item, log):
        with run.write():
            Item.objects.filter(pk=item.pk).update(state=Item.State.PENDING)


def _first(run: Run, state: Item.State) -> Item | None:
    return Item.objects.filter(job=run.job, state=state).order_by("position").first()


def _bring(run: Run, item: Item) -> None:
    """One log to where it should be, on top of what it says now."""
    log = _read(run, item)
    if log is None:
        return
    if item.state == Item.State.SENDING:
        if _found_so(run, item, log):
            return
        if item.rounds >= ROUNDS:
            return _settle(run, item, Item.State.FAILED, NO_ANSWER)
    now = Annotation.of(log)
    merged = merge(*both(item), now)
    if merged.conflicts:
        return _settle(run, item, Item.State.FAILED, FOREIGN + _stands(merged.conflicts))
    if not merged.change:
        return _settle(run, item, Item.State.SAME)
    if why := obstacle(log, merged):
        return _settle(run, item, Item.State.FAILED, why)
    return _send(run, item, now, merged)


def _found_so(run: Run, item: Item, log: Log) -> bool:
    """Settle a log that was sent a change, unless it says what it said before."""
    before, after = both(item)
    now = Annotation.of(log)
    stands = standing(before, after, now)
    if stands == "after":
        _settle(run, item, Item.State.CHANGED)
    elif stands == "other":
        _settle(run, item, Item.State.FAILED, FOREIGN + _stands(unkept(after, now)))
    return stands != "before"


def _send(run: Run, item: Item, now: Annotation, merged: Merge) -> None:
    """Write down what the log says and will say, send it once, and read it again."""
    try:
        item.before, item.after = kept(now), kept(merged.expected)
    except ValueError:
        return _settle(run, item, Item.State.FAILED, NOT_KEPT)
    with run.write():
        Item.objects.filter(pk=item.pk).update(
            state=Item.State.SENDING, rounds=F("rounds") + 1, before=item.before, after=item.after
        )
    problem: GatewayError | None = None
    try:
        run.logs.patch(item.log_id, merged.change)
    except GatewayError as error:
        if error.did_nothing:
            with run.write():  # refused before anything was done: not one of its rounds
                Item.objects.filter(pk=item.pk).update(rounds=F("rounds") - 1)
            raise
        problem = error  # it may have arrived all the same: the reading decides
    log = _read(run, item)
    return _judge(run, item, log, problem) if log else None


def _judge(run: Run, item: Item, log: Log, problem: GatewayError | None) -> None:
    """What came of the change, by what the log says now. Raises the problem that may pass, and concerns every log."""
    now = Annotation.of(log)
    before, after = both(item)
    stands, others = standing(before, after, now), unkept(after, now)
    if stands == "after":
        note = f"Something else of it is not as it was: {_stands(others)}" if others else ""
        return _settle(run, item, Item.State.CHANGED, note)
    if stands == "before" and problem:
        if problem.passes or isinstance(problem, Unauthorized | Forbidden):
            raise problem
        return _settle(run, item, Item.State.FAILED, f"{problem.message} {problem.hint}".strip())
    said = "The upstream gave an error" if problem else "The upstream said yes"
    kept_words = "kept none of it" if stands == "before" else "did not keep all of it"
    return _settle(run, item, Item.State.FAILED, f"{said} and {kept_words}: {_stands(others)}")


def _read(run: Run, item: Item) -> Log | None:
    """The log as it is now; None, and settled, where it is gone."""
    try:
        return run.logs.log(item.log_id)
    except NotFound:
        _settle(run, item, Item.State.FAILED, GONE)
        return None


def _settle(run: Run, item: Item, state: Item.State, note: str = "") -> None:
    with run.write(done=run.job.done + 1):
        Item.objects.filter(pk=item.pk).update(state=state, note=note[:WORDS_LENGTH])


def _stands(differences: tuple[Difference, ...]) -> str:
    """What stands there, and what should: "verdict is bad, not good"."""
    return "; ".join(
        f"{name_words(each.name)} is {value_words(each.name, each.theirs)}, not {value_words(each.name, each.mine)}"
        for each in differences
    )
