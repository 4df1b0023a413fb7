"""What the screen can do with an account's gateways and their logs. Knows nothing of HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, Literal

from gateway_dash.gateway import calls
from gateway_dash.gateway.answers import Envelope
from gateway_dash.gateway.client import GatewayClient
from gateway_dash.gateway.errors import Broken, FilterNotApplied, GatewayError, Gone, NotFound
from gateway_dash.gateway.filters import Fit
from gateway_dash.gateway.log_page import LogPage
from gateway_dash.gateway.models import Gateway, Log, Span, TokenState, read_log, read_spans
from gateway_dash.gateway.query import LogQuery, json_text
from gateway_dash.gateway.results import decoded, rows_of, total_of
from gateway_dash.gateway.stored import Shelf, StoredBodies

Conditions = list[dict[str, Any]]
Order = tuple[str, str]
FIND_AT_ONCE = 50
EDGE_PAGES = 2  # of 50 rows: more logs than this in one second are trimmed here and not counted apart
GATEWAYS_AT_ONCE = 4
CREATED_ASC = ("created_at", "asc")
CREATED_DESC = ("created_at", "desc")


class Account:
    """The gateways of one account."""

    def __init__(self, client: GatewayClient, account_id: str) -> None:
        self._client = client
        self._account_id = account_id
        self._path = ("accounts", account_id, "ai-gateway", "gateways")
        self.shelf = Shelf()

    @property
    def id(self) -> str:
        """The account's id, as it stands in addresses."""
        return self._account_id

    @property
    def client(self) -> GatewayClient:
        """The client, for what is shown of the call budget."""
        return self._client

    def gateways(self) -> list[Gateway]:
        """All gateways; an account has at most 20, so one call."""
        return decoded(self._client.get(self._path, {"page": 1, "per_page": 100}), list[Gateway])

    def gateway(self, gateway_id: str) -> Gateway:
        """One gateway; raises NotFound where the list of its logs would just be empty."""
        try:
            return decoded(self._client.get((*self._path, gateway_id)), Gateway)
        except NotFound as error:
            words = (
                f"This account has no gateway “{gateway_id}”. Its list of logs would be empty, which proves nothing, "
            )
            words += "so the gateway itself was asked for."
            raise NotFound(words, hint=error.hint, request_id=error.request_id) from error

    def counts(self, gateway_ids: Sequence[str], query: LogQuery | None = None) -> dict[str, int | GatewayError]:
        """How many logs of each gateway match: one call each, a few at once; one that fails leaves the others."""
        asked = query or LogQuery()

        def count(gateway_id: str) -> int | GatewayError:
            try:
                return self.logs(gateway_id).count(asked)
            except GatewayError as error:
                return error

        with ThreadPoolExecutor(GATEWAYS_AT_ONCE) as pool:
            jobs = [pool.submit(copy_context().run, count, gateway_id) for gateway_id in gateway_ids]
            return {gateway_id: job.result() for gateway_id, job in zip(gateway_ids, jobs, strict=True)}

    def verify_token(self) -> TokenState:
        """Whether the token is good: asked as a user's token, and if that is refused as the account's."""
        try:
            return decoded(self._client.get(("user", "tokens", "verify")), TokenState)
        except GatewayError as error:
            if error.status == 504:
                raise
            return decoded(self._client.get(("accounts", self._account_id, "tokens", "verify")), TokenState)

    def logs(self, gateway_id: str) -> LogService:
        """The logs of one gateway."""
        return LogService(self, (*self._path, gateway_id))


class LogService:
    """The logs of one gateway."""

    def __init__(self, account: Account, path: tuple[str, ...]) -> None:
        self._account = account
        self._client = account.client
        self._gateway_id = path[-1]
        self._logs = (*path, "logs")
        self.bodies = StoredBodies(self._client, self._logs, account.shelf)
        self.remembered: Callable[[str], Gone | None] = lambda _log_id: None  # what we know of a log that is not there
        self.told: Callable[[str | None], None] = lambda _log_id: None  # who has to know of a change; None: a deletion

    @property
    def gateway_id(self) -> str:
        """The gateway's name."""
        return self._gateway_id

    def page(self, query: LogQuery, *, same_range: LogPage | None = None) -> LogPage:
        """One page of logs: one call, and one more for each edge of a range that may cut through a second."""
        outside, all_known = same_range.outside if same_range else self._outside(query)
        rows, total = self.unchecked(query, without_ids=outside)
        fits = [query.fit(log) for log in rows]
        logs = tuple(log for log, fit in zip(rows, fits, strict=True) if fit is Fit.YES)
        is_exact = all_known and Fit.NEAR not in fits and not any(filter_.is_pair for filter_ in query.filters)
        if query.page == 1 and total <= len(rows):
            is_exact, total = True, len(logs)  # everything was seen
        return LogPage(
            query=query,
            logs=logs,
            total=total,
            is_exact=is_exact,
            left_out=fits.count(Fit.NEAR),
            misfits=fits.count(Fit.NO),
            gateway=None if rows or total else self._why_empty(),
            outside=(outside, all_known),
            rows=tuple(rows),
        )

    def _why_empty(self) -> Gateway | None:
        """Whether there is such a gateway, and it saves logs; None where that cannot be asked in the time of a page."""
        if calls.current().left_s() < calls.PAGE_DEADLINE_S / 2:
            return None
        try:
            return self._account.gateway(self._gateway_id)
        except GatewayError as error:
            if error.passes:
                return None
            raise

    def unchecked(self, query: LogQuery, *, without_ids: tuple[str, ...] = ()) -> tuple[list[Log], int]:
        """Rows and total as the API gives them: its bounds are whole seconds, and nothing is checked or left out."""
        conditions = query.for_api(without_ids=without_ids)
        return self._list(conditions, query.order, query.page, query.per_page, query.search)

    def count(self, query: LogQuery, *, without_ids: tuple[str, ...] = ()) -> int:
        """How many logs match, by the smallest possible page."""
        return self._list(query.for_api(without_ids=without_ids), query.order, 1, 1, query.search)[1]

    def first(self, query: LogQuery, direction: Literal["asc", "desc"], rows: int = 1) -> tuple[list[Log], int]:
        """The oldest or newest rows and the total, in the places that are kept for counts."""
        return self._list(query.for_api(), ("created_at", direction), 1, rows, query.search, kind="count")

    def measured(self, query: LogQuery, rows: int) -> tuple[list[Log], dict[str, Span]]:
        """The newest rows, and the least and greatest numbers of all that match: one call."""
        envelope = self._asked(query.for_api(), CREATED_DESC, 1, rows, query.search, kind="count", meta_info="true")
        return rows_of(envelope), read_spans(envelope.result_info)

    def find(self, ids: Sequence[str]) -> list[Log]:
        """Those of the logs that still exist, at most 50; a log that was not asked for means: filters are ignored."""
        if not 0 < len(ids) <= FIND_AT_ONCE:
            raise ValueError("At most 50 logs are read at once.")
        conditions = [{"key": "id", "operator": "eq", "value": list(ids)}]
        rows, _total = self._list(conditions, CREATED_ASC, 1, FIND_AT_ONCE, "")
        if any(log.id not in ids for log in rows):
            raise FilterNotApplied("Logs were asked for by their ids, and others came back. Nothing is done with them.")
        return rows

    def log(self, log_id: str) -> Log:
        """One log with the heads of its bodies; raises NotFound, or Gone for one that was deleted from here."""
        try:
            envelope = self._client.get((*self._logs, log_id), kind="detail")
        except NotFound as error:
            if gone := self.remembered(log_id):
                raise gone from error
            raise NotFound(
                "This log was deleted, or it is so new that the upstream does not show it yet. Logs appear within "
                "about a minute of their call.",
                hint=error.hint,
                request_id=error.request_id,
            ) from error
        log = read_log(bytes(envelope.result))
        if log.id != log_id:
            raise Broken("Another log came back than the one that was asked for.")
        return log

    def patch(self, log_id: str, change: dict[str, Any]) -> None:
        """Send the changed members. Whether they arrived is for a fresh `log` to say."""
        with self._telling(log_id):
            self._client.patch((*self._logs, log_id), change)

    def delete_found(self, logs: Sequence[Log]) -> None:
        """Delete logs that were just found, at most 50. Whether they went is for `find` to say."""
        ids = [log.id for log in logs]
        self.bodies.forget(ids)
        with self._telling():
            self._client.delete_logs(self._logs, ids)

    def delete_oldest(self, query: LogQuery, without_ids: tuple[str, ...], limit: int) -> None:
        """Delete the oldest `limit` logs of a range that has ended, without some; whether they went, a count says."""
        if query.search or query.ends is None or any(filter_.is_pair for filter_ in query.filters):
            raise ValueError("A deletion cannot say this filter.")
        self.bodies.clear()
        with self._telling():
            self._client.delete_oldest(self._logs, query.for_api(without_ids=without_ids), limit)

    def delete_nothing(self, no_log_id: str) -> None:
        """The probe: a deletion of an id that no log has. If anything goes, the upstream ignores filters."""
        with self._telling():
            self._client.delete_logs(self._logs, [no_log_id])

    @contextmanager
    def _telling(self, log_id: str | None = None) -> Iterator[None]:
        """Before, for a process that dies on the way; and after, for what was read meanwhile."""
        self.told(log_id)
        try:
            yield
        finally:
            self.told(log_id)

    def _outside(self, query: LogQuery) -> tuple[tuple[str, ...], bool]:
        """The ids in the edge seconds that the range leaves out, and whether these are all of them."""
        ids: list[str] = []
        all_known = True
        for conditions in query.edges():
            for page in range(1, EDGE_PAGES + 1):
                rows, total = self._list(conditions, CREATED_ASC, page, FIND_AT_ONCE, query.search)
                ids += [log.id for log in rows if not _inside(query, log)]
                if total <= page * FIND_AT_ONCE:
                    break
            else:
                all_known = False
        return tuple(dict.fromkeys(ids)), all_known

    def _list(
        self, conditions: Conditions, order: Order, page: int, per_page: int, search: str, *, kind: str = "list"
    ) -> tuple[list[Log], int]:
        envelope = self._asked(conditions, order, page, per_page, search, kind=kind)
        rows = rows_of(envelope)
        return rows, total_of(envelope, len(rows), page, per_page)

    def _asked(
        self, conditions: Conditions, order: Order, page: int, per_page: int, search: str, *, kind: str, **more: str
    ) -> Envelope:
        params: dict[str, str | int] = {
            "page": page,
            "per_page": per_page,
            "order_by": order[0],
            "order_by_direction": order[1],
        }
        if conditions:
            params["filters"] = json_text(conditions)
        if search:
            params["search"] = search
        return self._client.get(self._logs, params | more, kind=kind)


def _inside(query: LogQuery, log: Log) -> bool:
    begins, ends = query.begins, query.ends
    return (begins is None or log.created_at >= begins) and (ends is None or log.created_at < ends)
