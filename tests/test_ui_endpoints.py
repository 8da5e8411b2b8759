"""The endpoints of the chat server, by the real clients, and what it refuses."""

from __future__ import annotations

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from browser import FRAMEWORK_LEAKS, served
from fakes import HashEmbedder
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from index.errors import ConfigError
from ui.chat import build_chat
from ui.serve import HEADERS, serve

pytestmark = [*FRAMEWORK_LEAKS]
PEOPLE = 20
FILES = {
    "brücke.txt": (
        "\ufeffDie Brücke\r\n\r\nDie Brücke über die Weser ist 412 Meter lang.\r\n"
        "Sie wurde 1967 gebaut. \u202e„Schön“\r\n"
    ).encode(),
    "süd/turm.txt": "Der Turm steht in Köln und ist 157 Meter hoch.\n".encode(),
} | {
    f"ort{n:02}.txt": f"Im Ort Dorfhausen{n:02} leben {1000 + n} Ziegen.\n".encode()
    for n in range(PEOPLE)
}
BRIDGE = "Wie lang ist die Brücke über die Weser?"
SENTENCE = "Die Brücke über die Weser ist 412 Meter lang."
TOOLS = {"ask", "search", "read_lines"}
SECRET = "STRENG GEHEIM"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("endpoints")
    (folder / "secret.txt").write_text(SECRET, encoding="utf-8")
    with served(folder, HashEmbedder(), FILES, abstain_below=0.0) as running:
        yield running


@pytest.fixture(scope="module")
def client(server):
    with_server = Client(server.url, verbose=False)
    yield with_server
    with_server.close()


@pytest.fixture(scope="module")
def http(server):
    with httpx.Client(base_url=server.url, trust_env=False) as session:
        yield session


def test_exactly_three_endpoints_are_public(client):
    described = client.view_api(return_format="dict", print_info=False)
    assert set(described["named_endpoints"]) == {f"/{name}" for name in TOOLS}
    assert described["unnamed_endpoints"] == {}


def test_ask_gives_quotes_with_file_and_line(server, client):
    answer = client.predict(BRIDGE, None, api_name="/ask")
    assert answer["corpus"] == "seeds"
    assert answer["question"] == BRIDGE
    assert answer["abstained"] is False
    quote = answer["quotes"][0]
    assert (quote["article"], quote["line_start"], quote["text"]) == ("brücke.txt", 3, SENTENCE)
    data = (server.corpus / "brücke.txt").read_bytes().decode("utf-8")
    assert data[quote["start"] : quote["end"]] == SENTENCE


def test_ask_can_be_held_to_articles(client):
    answer = client.predict(BRIDGE, ["süd/turm.txt"], api_name="/ask")
    found = answer["quotes"] + answer["nearest"]
    assert {quote["article"] for quote in found} == {"süd/turm.txt"}


def test_search_lists_passages_best_first(client):
    found = client.predict(BRIDGE, 3, api_name="/search")
    assert found["corpus"] == "seeds"
    passages = found["passages"]
    assert len(passages) == 3
    assert passages[0]["article"] == "brücke.txt"
    assert SENTENCE in passages[0]["text"]
    assert passages == sorted(passages, key=lambda passage: -passage["score"])


@pytest.mark.parametrize(("limit", "count"), [(-5, 1), (0, 1), (1_000_000, len(FILES))])
def test_search_keeps_its_limit_in_range(client, limit, count):
    assert len(client.predict(BRIDGE, limit, api_name="/search")["passages"]) == count


def test_read_lines_gives_the_bytes_of_the_file(client):
    assert client.predict("brücke.txt", 3, 4, api_name="/read_lines") == {
        "article": "brücke.txt",
        "line_count": 4,
        "lines": [
            {"line": 3, "text": f"{SENTENCE}\r"},
            {"line": 4, "text": "Sie wurde 1967 gebaut. \u202e„Schön“\r"},
        ],
    }


@pytest.mark.parametrize(
    ("endpoint", "given", "told"),
    [
        ("/ask", ("", None), "the question is empty"),
        ("/ask", ("x" * 5_000, None), "at most 2000"),
        ("/ask", (BRIDGE, ["fehlt.txt"]), "fehlt.txt"),
        ("/search", ("  ", 5), "the question is empty"),
        ("/read_lines", ("brücke.txt", 0, 1), "brücke.txt: it has 4"),
        ("/read_lines", ("brücke.txt", 1, 5), "it has 4"),
        ("/read_lines", ("fehlt.txt", 1, 1), "fehlt.txt"),
        ("/read_lines", ("", 1, 1), "article"),
    ],
)
def test_errors_say_what_and_what_to_do(client, endpoint, given, told):
    with pytest.raises(AppError, match=told) as raised:
        client.predict(*given, api_name=endpoint)
    assert "Traceback" not in str(raised.value)
    assert ". " in str(raised.value)  # a hint follows


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt", "..%2fsecret.txt", "süd/../../secret.txt", "/etc/passwd",
        "file:///etc/passwd", "seeds/../../secret.txt", "brücke.txt/../../secret.txt",
        "....//secret.txt", "../secret", "secret",
    ],
)  # fmt: skip
def test_read_lines_does_not_leave_the_folder(client, name):
    with pytest.raises(AppError) as raised:
        client.predict(name, 1, 1, api_name="/read_lines")
    assert SECRET not in str(raised.value)
    assert "root:" not in str(raised.value)


@pytest.mark.parametrize("route", ["gradio_api/file=", "file=", "gradio_api/file/", "static/"])
def test_no_route_gives_a_file_of_the_machine(server, http, route):
    secret = server.corpus.parent / "secret.txt"
    for path in (
        secret, server.corpus / "brücke.txt", server.desk.feedback, "/etc/passwd",
        "../secret.txt", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fsecret.txt", "//etc/passwd",
        "pyproject.toml", "ui/serve.py",
    ):  # fmt: skip
        answer = http.get(f"{server.url}{route}{path}")
        assert answer.status_code in {400, 403, 404, 405}, path
        assert SECRET not in answer.text
        assert "root:" not in answer.text


def test_every_answer_is_closed_in(http):
    for path in ("", "config", "gradio_api/info", "nothing-here"):
        answer = http.get(path)
        for name, value in HEADERS.items():
            assert answer.headers.get_list(name) == [value], path
    policy = http.get("").headers["content-security-policy"]
    for part in ("default-src 'self'", "connect-src 'self'", "object-src 'none'"):
        assert part in policy
    assert "http:" not in policy
    assert "https:" not in policy
    assert "*" not in policy


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", ""])
@pytest.mark.parametrize("path", ["", "config", "gradio_api/mcp/", "gradio_api/call/ask"])
def test_another_host_name_is_refused(http, host, path):
    assert http.get(path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_page_may_not_read_or_call(server, http, origin):
    headers = {"Origin": origin}
    answer = http.get("config", headers=headers)
    assert answer.headers.get("access-control-allow-origin") not in {origin, "*"}
    asked = http.options(
        "gradio_api/call/ask", headers=headers | {"Access-Control-Request-Method": "POST"}
    )
    assert asked.headers.get("access-control-allow-origin") not in {origin, "*"}


@pytest.mark.parametrize("path", ["docs", "redoc", "monitoring", "monitoring/summary"])
def test_what_only_developers_need_is_not_served(http, path):
    assert http.get(path).status_code in {401, 403, 404}


def test_an_upload_over_the_limit_is_refused(http):
    big = {"files": ("groß.txt", b"x" * (20 * 1024 * 1024 + 1), "text/plain")}
    assert http.post("gradio_api/upload", files=big).status_code == 413
    small = {"files": ("klein.txt", b"Hallo.\n", "text/plain")}
    assert http.post("gradio_api/upload", files=small).status_code == 200


@pytest.fixture(scope="module")
def mcp(server):
    """What the MCP server offers and answers: tools, results by tool, and one of a wrong call."""

    async def talk():
        async with (
            streamable_http_client(f"{server.url}gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write, read_timeout_seconds=timedelta(seconds=20)) as session,
        ):
            await session.initialize()
            tools = (await session.list_tools()).tools
            calls = {
                "ask": {"question": BRIDGE, "articles": ["brücke.txt"]},
                "search": {"query": BRIDGE, "limit": 2},
                "read_lines": {"article": "brücke.txt", "first": 3, "last": 3},
            }
            results = {name: await session.call_tool(name, given) for name, given in calls.items()}
            wrong = await session.call_tool(
                "read_lines", {"article": "../secret.txt", "first": 1, "last": 1}
            )
            return tools, results, wrong

    return asyncio.run(talk())


def test_the_mcp_server_offers_three_tools(mcp):
    tools, _, _ = mcp
    assert {tool.name for tool in tools} == TOOLS
    types = {
        tool.name: {name: p.get("type") for name, p in tool.inputSchema["properties"].items()}
        for tool in tools
    }
    assert types["search"] == {"query": "string", "limit": "integer"}
    assert types["read_lines"] == {"article": "string", "first": "integer", "last": "integer"}
    assert types["ask"]["question"] == "string"
    assert set(types["ask"]) == {"question", "articles"}
    for tool in tools:
        assert len(tool.description) > 40
        assert all(p.get("description") for p in tool.inputSchema["properties"].values())


def test_an_mcp_tool_says_what_is_wrong(mcp):
    _, results, wrong = mcp
    assert not any(result.isError for result in results.values())
    assert wrong.isError
    assert SECRET not in wrong.content[0].text
    assert "no article" in wrong.content[0].text


def test_what_mcp_tools_answer_is_json(mcp):
    _, results, _ = mcp
    read = {name: json.loads(result.content[0].text) for name, result in results.items()}
    assert read["ask"]["quotes"][0]["text"] == SENTENCE
    assert len(read["search"]["passages"]) == 2
    assert read["read_lines"]["lines"] == [{"line": 3, "text": f"{SENTENCE}\r"}]


def test_twenty_people_at_once_get_their_own_answers(server):
    start = threading.Barrier(PEOPLE)

    def person(number):
        client = Client(server.url, verbose=False)
        start.wait(timeout=30)
        answers = [
            client.predict(
                f"Wie viele Ziegen leben im Ort Dorfhausen{other:02}?", None, api_name="/ask"
            )
            for other in (number, (number + 7) % PEOPLE)
        ]
        client.close()
        return answers

    with ThreadPoolExecutor(PEOPLE) as pool:
        everything = list(pool.map(person, range(PEOPLE)))
    for number, answers in enumerate(everything):
        for other, answer in zip((number, (number + 7) % PEOPLE), answers, strict=True):
            assert answer["question"] == f"Wie viele Ziegen leben im Ort Dorfhausen{other:02}?"
            assert answer["quotes"][0]["article"] == f"ort{other:02}.txt"


def test_only_who_has_the_password_comes_in(tmp_path):
    users = {"anna": "richtig: geheim", "äöü": "pässwörd"}
    with served(tmp_path, HashEmbedder(), FILES, abstain_below=0.0, users=users) as server:
        for name, password in [("anna", "falsch"), ("anna", ""), ("otto", ""), ("", "")]:
            with pytest.raises((AuthenticationError, ValueError)):
                Client(server.url, auth=(name, password), verbose=False)
        for route in ("config", "gradio_api/info"):
            assert httpx.get(server.url + route, trust_env=False).status_code == 401
        asked = httpx.post(
            f"{server.url}gradio_api/call/ask", json={"data": [BRIDGE, None]}, trust_env=False
        )
        assert asked.status_code == 401
        given = {"files": ("klein.txt", b"Hallo.\n", "text/plain")}
        sent = httpx.post(f"{server.url}gradio_api/upload", files=given, trust_env=False)
        assert sent.status_code == 401
        for name, password in users.items():
            client = Client(server.url, auth=(name, password), verbose=False)
            assert client.predict(BRIDGE, None, api_name="/ask")["quotes"][0]["text"] == SENTENCE
            client.close()


def test_tools_for_programs_want_the_password_too(tmp_path):
    given = {"name": "read_lines", "arguments": {"article": "brücke.txt", "first": 3, "last": 3}}
    with served(tmp_path, HashEmbedder(), FILES, users={"anna": "geheim"}) as server:
        called = httpx.post(
            f"{server.url}gradio_api/mcp/",
            json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": given},
            headers={"Accept": "application/json, text/event-stream"},
            trust_env=False,
        )
        assert "412 Meter" not in called.text
        assert called.status_code == 401


def test_a_port_that_is_taken_is_an_error_with_a_hint(server):
    port = int(server.url.rsplit(":", 1)[1].strip("/"))
    page = build_chat(server.desk, "seeds")
    with pytest.raises(ConfigError, match="cannot listen") as raised:
        serve(page, host="127.0.0.1", port=port)
    assert "--port" in raised.value.hint
