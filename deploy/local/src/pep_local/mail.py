"""A mail server that delivers nowhere: it keeps every message as a file and shows them on a small page.

Run as `python -m pep_local.mail FOLDER SMTP_PORT PAGE_PORT`.
"""

import html
import itertools
import sys
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NoReturn

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from pep_local.places import LOOPBACK, make_folder
from pep_local.process import Process, http_answers

RECIPIENTS = "X-Envelope-To"  # who the message was really sent to, whatever its own headers say


def prepare(folder: Path, smtp_port: int, page_port: int) -> Process:
    """How to run the mail server that keeps its messages in the folder."""
    make_folder(folder)
    return Process(
        name="Mail",
        command=(sys.executable, "-m", "pep_local.mail", str(folder), str(smtp_port), str(page_port)),
        log=folder.parent / "logs" / "mail.log",
        answers=http_answers(f"http://{LOOPBACK}:{page_port}/health"),
        ports=(smtp_port, page_port),
    )


def messages(folder: Path) -> list[EmailMessage]:
    """All messages that were received, in the order in which they came."""
    return [_read(path) for path in sorted(folder.glob("*.eml"))]


class Mailbox:
    """Writes each message to a file of its own, named so that the names sort in the order of arrival."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        name = f"{time.time_ns():020}-{next(self._numbers):04}.eml"
        recipients = ", ".join(envelope.rcpt_tos)
        half = self._folder / f"{name}.half"
        half.write_bytes(f"{RECIPIENTS}: {recipients}\r\n".encode() + (envelope.original_content or b""))
        half.rename(self._folder / name)
        return "250 Message kept"


class Page(BaseHTTPRequestHandler):
    """`/` lists the messages, `/NAME.eml` shows one, `/health` says that the server is up."""

    folder: Path

    def do_GET(self) -> None:
        names = {path.name for path in self.folder.glob("*.eml")}
        match self.path.removeprefix("/"):
            case "health":
                self._answer(200, "text/plain", "ok")
            case "":
                self._answer(200, "text/html", self._list(sorted(names, reverse=True)))
            case name if name in names:
                self._answer(200, "text/plain", (self.folder / name).read_text(errors="replace"))
            case _:
                self._answer(404, "text/plain", "There is no such message.")

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged: the health check would fill the file."""

    def _list(self, names: list[str]) -> str:
        rows = "\n".join(_row(name, _read(self.folder / name)) for name in names)
        return (
            '<!doctype html><html lang="en"><title>Mailbox</title><h1>Mailbox</h1><table>'
            f"<tr><th>Date<th>To<th>Subject</tr>\n{rows}</table></html>"
        )

    def _answer(self, status: int, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _row(name: str, message: EmailMessage) -> str:
    cells = [html.escape(str(message.get(header, ""))) for header in ("Date", RECIPIENTS, "Subject")]
    return f'<tr><td>{cells[0]}<td>{cells[1]}<td><a href="/{name}">{cells[2]}</a></tr>'


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def main(folder: Path, smtp_port: int, page_port: int) -> NoReturn:
    """Serve until the process is ended."""
    Controller(Mailbox(folder), hostname=LOOPBACK, port=smtp_port).start()
    page = type("PageOfFolder", (Page,), {"folder": folder})
    ThreadingHTTPServer((LOOPBACK, page_port), page).serve_forever()
    raise SystemExit


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
