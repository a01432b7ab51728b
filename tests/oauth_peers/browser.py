"""The person's browser, as far as a login needs one: it keeps cookies, follows redirects and
sends forms that are filled in already, as those that confirm a device's code. The person behind
it is the provider's own (provider/person.mjs)."""

import html.parser
import http.client
import http.cookiejar
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

_MOST_PAGES = 20


@dataclass(frozen=True)
class Page:
    url: str
    status: int
    text: str


class Browser:
    def __init__(self, trust: ssl.SSLContext):
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=trust), _NoRedirects,
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar(
                http.cookiejar.DefaultCookiePolicy(secure_protocols=("https",)))))

    def visit(self, url: str, stop_before: str | None = None) -> Page:
        """Goes on until there is nothing to follow and nothing to confirm. An address that
        begins with `stop_before` is not visited: its page is empty."""
        data = None
        for _ in range(_MOST_PAGES):
            if stop_before is not None and url.startswith(stop_before):
                return Page(url, 0, "")
            try:
                answer = self._opener.open(urllib.request.Request(url, data), timeout=30)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                page = Page(url, answer.status, answer.read().decode())
            location = answer.headers.get("Location")
            form = _Form()
            form.feed(page.text)
            if location is not None:
                url, data = urllib.parse.urljoin(url, location), None
            elif form.action is not None and "user_code" in form.fields:
                url = urllib.parse.urljoin(url, form.action)
                data = urllib.parse.urlencode(form.fields).encode()
            else:
                return page
        raise RuntimeError(f"the browser goes in circles at {url}")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


class _Form(html.parser.HTMLParser):
    """The first form of a page, with its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action = given.get("action")
        elif tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value", "")
