"""What no page may do, whatever a test is about: complain in the console, break the CSP, or ask another origin."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, Response, WebError

# Chromium and htmx each say in the console what `_response` sees for itself; and htmx, that a request was given up.
STATUS_LINES = (
    *("Failed to load resource: the server responded with a status of", "Response Status Error Code"),
    *("htmx:afterRequest, ", "htmx:sendAbort, "),
)


class Watch:
    """Everything that a browser did and should not have done. A test allows the statuses that it is about."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.complaints: list[str] = []
        self.expected_statuses: set[int] = set()
        self.asked: list[str] = []  # the addresses of all requests, in order
        self.htmx_asked: list[str] = []  # those that htmx sent

    def attach(self, context: BrowserContext) -> None:
        """Listen to all pages of the context."""
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", self._dialog)
        context.on("request", self._request)
        context.on("response", self._response)

    def expect(self, *statuses: int) -> None:
        """Errors that the server answers with in this test."""
        self.expected_statuses |= set(statuses)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(STATUS_LINES):
            self.complaints.append(f"console {message.type}: {message.text}")

    def _error(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error}")

    def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)
        if "hx-request" in request.headers:
            self.htmx_asked.append(request.url)
        if not request.url.startswith((self.origin + "/", "blob:" + self.origin)):
            self.complaints.append(f"request to elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected_statuses:
            self.complaints.append(f"{response.status} from {response.url}")
