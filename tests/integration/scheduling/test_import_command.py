"""`pep import children` as a person calls it, against a small service that takes records and remembers them."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from tests.scheduling.ssda903.conftest import A_CHILD, ENTERED, EPISODES, HEADER
from typer.testing import CliRunner, Result

from scheduling.domain.attendance.marks import AttendanceBatch
from scheduling.domain.child.care_record import (
    BatchAnswer,
    CareRecordBatch,
    PersonBatch,
    RefusedRecord,
    SchoolBatch,
)
from scheduling.domain.child.told import CareChangeBatch
from scheduling.entrypoints.import_command import app
from scheduling.entrypoints.import_sender import batch_key

BODIES: dict[str, type[AttendanceBatch | CareChangeBatch | CareRecordBatch | PersonBatch | SchoolBatch]] = {
    "/attendance": AttendanceBatch,
    "/care-changes": CareChangeBatch,
    "/care-records": CareRecordBatch,
    "/people": PersonBatch,
    "/schools": SchoolBatch,
}


class TakesRecords(BaseHTTPRequestHandler):
    """Answers as the scheduling service does; a record it has seen is unchanged."""

    seen: ClassVar[set[str]] = set()
    requests: ClassVar[list[tuple[str, str, str, int]]] = []
    trouble: ClassVar[tuple[int, bytes] | None] = None
    refuses: ClassVar[str] = ""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/care-feeds":
            told = json.loads(body)
            self.requests.append((self.path, told["feed"], told["of"], told["rows"]))
            self._answer(200, b'{"of": "2026-11-02", "is_new": true, "days_late": 2}')
            return
        records = [record.model_dump_json() for record in BODIES[self.path].model_validate_json(body).records]
        token, key = self.headers.get("Authorization", ""), self.headers["Idempotency-Key"]
        self.requests.append((self.path, token, key, len(records)))
        self._answer(*(self.trouble or (200, self._take(records))))

    def _take(self, records: list[str]) -> bytes:
        refused = [index for index, record in enumerate(records) if self.refuses and self.refuses in record]
        taken = [record for index, record in enumerate(records) if index not in refused]
        new = [record for record in taken if record not in self.seen]
        self.seen.update(new)
        reasons = tuple(RefusedRecord(index=index, reason="Not this one.", candidates=("a", "b")) for index in refused)
        answer = BatchAnswer(changed=len(new), unchanged=len(taken) - len(new), refused=reasons)
        return answer.model_dump_json().encode()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    """The address of the service, which knows nothing yet and refuses nothing."""
    TakesRecords.seen, TakesRecords.requests, TakesRecords.trouble, TakesRecords.refuses = set(), [], None, ""
    with ThreadingHTTPServer(("127.0.0.1", 0), TakesRecords) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "header.csv").write_text(A_CHILD)
    (tmp_path / "episodes.csv").write_text(ENTERED)
    (tmp_path / "schools.csv").write_text("URN,NAME,PHASE,AUTHORITY\n900101,Thistledown,primary,Somewhere\n")
    (tmp_path / "staff.csv").write_text("STAFF_ID,NAME,EMAIL,ROLE\nv-1,Kit,kit@x.example,auditor\n")
    (tmp_path / "carers.csv").write_text("CARER_ID,NAME,CHILD\nk-1,Una,child-7\n")
    return tmp_path


def call(folder: Path, *options: str) -> Result:
    files = sorted(str(path) for path in folder.glob("*.csv"))
    return CliRunner().invoke(app, ["children", *files, *options], env={"COLUMNS": "200"})


def break_one_child(folder: Path) -> None:
    (folder / "header.csv").write_text(A_CHILD + "child-8,M,31/02/2014,,,,\n")
    (folder / "episodes.csv").write_text(ENTERED + "child-8,21/09/2026,S,C2,N1,U6,,\n")


def paths() -> list[str]:
    return [path for path, _token, _key, _count in TakesRecords.requests]


def test_clean_files_are_sent_schools_and_staff_first(folder: Path, service: str) -> None:
    result = call(folder, "--api", service, "--token", "let-me-in")
    assert result.exit_code == 0, result.output
    assert paths() == ["/schools", "/people", "/care-records", "/people"]
    assert {token for _path, token, _key, _count in TakesRecords.requests} == {"Bearer let-me-in"}


def test_the_same_files_again_change_nothing(folder: Path, service: str) -> None:
    call(folder, "--api", service)
    again = call(folder, "--api", service, "--json")
    imported = json.loads(again.stdout.splitlines()[-1])["imported"]
    assert {kind: (each["changed"], each["unchanged"]) for kind, each in imported.items()} == {
        "schools": (0, 1),
        "staff": (0, 1),
        "children": (0, 1),
        "carers": (0, 1),
        "pupils": (0, 0),
    }


@pytest.fixture
def changes(tmp_path: Path) -> Path:
    """A file of one day's changes, with a row that has an error."""
    file = tmp_path / "changes-2026-11-02.csv"
    file.write_text("CHILD,FACT,ON,VALUE\nchild-7,review_held,02/11/2026,\nchild-8,year_group,02/11/2026,seven\n")
    return file


def change(file: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["changes", str(file), *options], env={"COLUMNS": "200"})


def test_a_days_changes_are_previewed_sent_and_said_to_be_late(changes: Path, service: str) -> None:
    faulty = change(changes, "--api", service)
    assert (faulty.exit_code, paths()) == (3, [])
    assert "YEAR_GROUP" not in faulty.stdout
    assert "is not a known code" in faulty.stdout
    tried = change(changes, "--api", service, "--skip-bad", "--dry-run")
    assert (tried.exit_code, paths()) == (0, [])
    assert "The changes of 02/11/2026: rows that can be taken in: 1; left out: 1." in tried.stdout
    sent = change(changes, "--api", service, "--skip-bad")
    assert (sent.exit_code, paths()) == (0, ["/care-feeds", "/care-changes"])
    assert "This file is 2 days late." in sent.stderr
    as_json = change(changes, "--api", service, "--skip-bad", "--json", "--day", "2026-11-03")
    lines = [json.loads(line) for line in as_json.stdout.splitlines()]
    assert [each for each in lines if "file" in each or "days_late" in each] == [
        {"file": {"of": "2026-11-03", "rows": 1, "left_out": 1}},
        {"days_late": 2},
    ]
    assert lines[-1]["imported"]["changes"]["unchanged"] == 1


def test_a_file_of_changes_without_a_day_is_a_wrong_call_and_a_lost_service_is_told(changes: Path) -> None:
    nameless = changes.rename(changes.with_name("changes.csv"))
    assert change(nameless).exit_code == 2
    lost = change(nameless, "--day", "2026-11-02", "--skip-bad", "--api", "http://127.0.0.1:1")
    assert lost.exit_code == 1
    assert "nothing happens twice" in lost.stderr


def test_a_refused_row_names_whom_the_child_may_be(changes: Path, service: str) -> None:
    TakesRecords.refuses = "child-7"
    refused = change(changes, "--api", service, "--skip-bad")
    assert refused.exit_code == 4
    assert "Not this one. It may be: a, b." in refused.stdout


def test_the_same_batch_has_the_same_key_each_time(folder: Path, service: str) -> None:
    call(folder, "--api", service)
    call(folder, "--api", service)
    keys = [key for _path, _token, key, _count in TakesRecords.requests]
    assert keys[:4] == keys[4:]
    assert len(set(keys)) == 4


def test_the_same_records_for_another_address_have_another_key() -> None:
    assert batch_key("/people", b"{}") != batch_key("/schools", b"{}")


def test_a_dry_run_previews_and_sends_nothing(folder: Path, service: str) -> None:
    result = call(folder, "--api", service, "--dry-run")
    assert result.exit_code == 0
    assert TakesRecords.requests == []
    assert "1 (1 running)" in result.stdout
    assert "this was a dry run" in result.stdout


def test_one_error_and_nothing_is_sent(folder: Path, service: str) -> None:
    break_one_child(folder)
    result = call(folder, "--api", service)
    assert result.exit_code == 3
    assert TakesRecords.requests == []
    assert "header.csv" in result.stdout
    assert "31/02/2014" in result.stdout
    assert "there is no such day" in result.stdout
    assert "--skip-bad" in result.stdout


def test_skip_bad_leaves_out_that_child_only(folder: Path, service: str) -> None:
    break_one_child(folder)
    result = call(folder, "--api", service, "--skip-bad")
    assert result.exit_code == 0
    assert ("/care-records", 1) in [(path, count) for path, _token, _key, count in TakesRecords.requests]


def test_skip_bad_does_not_skip_a_file_that_cannot_be_read(folder: Path, service: str) -> None:
    (folder / "episodes.csv").write_bytes(ENTERED.encode("utf-16"))
    assert call(folder, "--api", service, "--skip-bad").exit_code == 3
    assert TakesRecords.requests == []


def test_a_batch_carries_no_more_than_two_hundred(folder: Path, service: str) -> None:
    children = range(450)
    (folder / "header.csv").write_text(HEADER + "".join(f"c-{n},F,04/05/2015,,,,\n" for n in children))
    (folder / "episodes.csv").write_text(EPISODES + "".join(f"c-{n},21/09/2026,S,C2,N1,U6,,\n" for n in children))
    call(folder, "--api", service)
    assert [count for path, _t, _k, count in TakesRecords.requests if path == "/care-records"] == [200, 200, 50]


def test_records_that_the_service_refuses_are_told_with_its_reason(folder: Path, service: str) -> None:
    TakesRecords.refuses = "child-7"
    result = call(folder, "--api", service)
    assert result.exit_code == 4
    assert "Refused (children): child-7: Not this one." in result.stdout


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ((403, b'{"title": "Forbidden", "detail": "An auditor may not import care records."}'), "An auditor may not"),
        ((503, b"upstream is away"), "/schools answered 503: upstream is away"),
        ((422, b'["wrong"]'), "wrong"),
        ((200, b"{}"), "gave an answer that is not understood"),
    ],
)
def test_when_the_service_says_no_its_reason_is_told(
    folder: Path, service: str, trouble: tuple[int, bytes], told: str
) -> None:
    TakesRecords.trouble = trouble
    result = call(folder, "--api", service)
    assert result.exit_code == 1
    assert told in result.stderr


def test_a_service_that_is_not_there_is_told_in_a_sentence(folder: Path, service: str) -> None:
    result = call(folder, "--api", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "could not be reached" in result.stderr
    assert "nothing happens twice" in result.stderr


def test_the_day_of_going_live_goes_with_the_children(folder: Path, service: str) -> None:
    call(folder, "--api", service, "--cut-over", "2026-08-31")
    assert any('"cut_over":"2026-08-31"' in record for record in TakesRecords.seen)


def test_scripts_get_a_line_of_json_for_each_finding_and_for_the_preview(folder: Path, service: str) -> None:
    break_one_child(folder)
    lines = [json.loads(line) for line in call(folder, "--api", service, "--json").stdout.splitlines()]
    assert lines[0]["finding"]["line"] == 3
    assert lines[1]["preview"]["errors"] == 1
    assert lines[2] == {"imported": None}


def test_a_screen_shows_the_first_hundred_findings(folder: Path, service: str) -> None:
    (folder / "header.csv").write_text(A_CHILD + "".join(f"c-{n},F,04/05/2015,,,,\n" for n in range(101)))
    result = call(folder, "--api", service, "--dry-run")
    assert "Only the first 100 findings are shown" in result.stdout


def test_a_call_without_files_is_a_wrong_call() -> None:
    assert CliRunner().invoke(app, ["children"]).exit_code == 2


MARKS = "DATE,CHILD,SESSION,CODE\n21/09/2026,child-7,AM,/\n21/09/2026,child-7,PM,N\n"


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """A folder with one file of marks."""
    (tmp_path / "marks.csv").write_text(MARKS)
    return tmp_path


def call_attendance(folder: Path, *options: str) -> Result:
    files = sorted(str(path) for path in folder.glob("*.csv"))
    return CliRunner().invoke(app, ["attendance", *files, *options], env={"COLUMNS": "200"})


def test_marks_are_previewed_and_sent_and_the_same_file_again_changes_nothing(feed: Path, service: str) -> None:
    result = call_attendance(feed, "--api", service, "--token", "let-me-in")
    assert (result.exit_code, paths()) == (0, ["/care-feeds", "/attendance"]), result.output
    assert "sessions missed" in result.output
    assert "This file is 2 days late." in result.output
    again = call_attendance(feed, "--api", service, "--json")
    preview, _late, imported = (json.loads(line) for line in again.stdout.splitlines())
    assert preview["preview"]["sessions possible"] == 2
    assert (imported["imported"]["marks"]["changed"], imported["imported"]["marks"]["unchanged"]) == (0, 1)
    keys = [key for path, _token, key, _count in TakesRecords.requests if path == "/attendance"]
    assert len(set(keys)) == 1


def test_a_dry_run_and_a_file_with_errors_send_no_marks(feed: Path, service: str) -> None:
    dry = call_attendance(feed, "--api", service, "--dry-run")
    assert (dry.exit_code, paths()) == (0, [])
    (feed / "wrong.csv").write_text("DATE,CHILD,SESSION,CODE\n21/09/2026,child-8,AM,H\n")
    wrong = call_attendance(feed, "--api", service)
    assert (wrong.exit_code, paths()) == (3, [])
    assert "the code H was not in use" in wrong.output
    skipped = call_attendance(feed, "--api", service, "--skip-bad")
    assert (skipped.exit_code, paths()) == (0, ["/care-feeds", "/attendance"])


def test_the_file_of_marks_is_of_its_newest_day_or_of_the_day_that_is_said(feed: Path, service: str) -> None:
    call_attendance(feed, "--api", service)
    call_attendance(feed, "--api", service, "--day", "2026-09-22")
    call_attendance(feed, "--api", service, "--past")
    told = [(feed, of) for path, feed, of, _rows in TakesRecords.requests if path == "/care-feeds"]
    assert told == [("attendance", "2026-09-21"), ("attendance", "2026-09-22")]
