"""Where the records of a CSV file start, whatever their bytes and wherever a chunk ends."""

import csv
import io
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.sources import textfile
from linkage.sources.discover import SourceFile
from linkage.sources.textfile import record_lines

FIELD = st.text(st.sampled_from('a, "\n“漢😀\x85'), max_size=6)
RECORD = st.lists(FIELD, min_size=2, max_size=3)


def lines_of(folder, content: bytes, header: int = 1, left_out=(), chunk: int = 1 << 20) -> list[int]:
    path = folder / "some.csv"
    path.write_bytes(content)
    with patch.object(textfile, "_CHUNK", chunk):
        return record_lines(SourceFile(path, "some.csv", "csv"), header, left_out).tolist()


@given(
    records=st.lists(st.tuples(RECORD, st.integers(0, 2)), max_size=8),
    end=st.sampled_from(["\n", "\r\n"]),
    chunk=st.integers(1, 40),
    whole=st.booleans(),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_record_is_found_where_it_starts(tmp_path, records, end, chunk, whole):
    text, wanted = io.StringIO(newline=""), []
    text.write(f"x,y{end}")
    for record, blanks in records:
        wanted.append(text.getvalue().count("\n") + 1)
        csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerow(record)
        text.write(end * blanks)
    content = text.getvalue().encode()
    assert lines_of(tmp_path, content if whole else content.removesuffix(end.encode()), chunk=chunk) == wanted


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 100])
def test_bytes_that_are_no_text_count_as_bytes(tmp_path, chunk):
    assert lines_of(tmp_path, b'x\n\xff\xfe\n"\x80\n"\n\n\x00\n', chunk=chunk) == [2, 3, 6]


def test_records_that_were_rejected_count_for_neither(tmp_path):
    content = b'x,y\n1,2\n1,"2\n3,4\n5,6\n'
    assert lines_of(tmp_path, content, left_out=[3, 99]) == [2, 4, 5]
    assert lines_of(tmp_path, content) == [2, 3]


@pytest.mark.parametrize("content", [b"", b"x", b"x\n", b"\n\n"])
def test_a_file_without_records_has_none(tmp_path, content):
    assert lines_of(tmp_path, content, header=2) == []
