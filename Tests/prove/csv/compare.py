#!/usr/bin/env python3
"""Reads random CSV with data.csv_rows, in pieces, and with Python's csv, whole: rows and line numbers must be the same."""
import csv
import io
import json
import random
import subprocess
import sys

FILES = 3000
# What data.load_file does with the pieces: what is left of one goes in front of the next.
READ = """
CREATE SCHEMA probe;
CREATE FUNCTION probe.read(content text, size int, delimiter text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    v_rows  jsonb := '[]';
    v_row   data.source_line;
    v_rest  text := '';
    v_block text;
    v_lines bigint := 0;
    v_next  bigint;
    v_place int := 1;
BEGIN
    LOOP
        v_block := v_rest || substr(content, v_place, size);
        v_place := v_place + size;
        v_rest := '';
        FOR v_row IN
            SELECT r.* FROM data.csv_rows(v_block, delimiter, v_place > char_length(content)) AS r ORDER BY r.n = 0, r.n
        LOOP
            IF v_row.n = 0 THEN
                v_rest := v_row.line;
                v_next := v_lines + v_row.line_no - 1;
            ELSE
                v_rows := v_rows || jsonb_build_array(jsonb_build_array(v_lines + v_row.line_no, v_row.fields, v_row.reason));
            END IF;
        END LOOP;
        v_lines := v_next;
        EXIT WHEN v_place > char_length(content);
    END LOOP;
    RETURN v_rows;
END;
$$;
"""


def field(delimiter):
    kind = random.random()
    if kind < 0.3:
        return None if kind < 0.15 else ""
    return "".join(random.choice(["a", "é", '"', "\n", "\r\n", delimiter, " ", "1", "漢", "😀"]) for _ in range(random.randint(1, 6)))


def cell(value, delimiter):
    if value is None:
        return ""
    if value == "" or any(sign in value for sign in '"\r\n' + delimiter) or random.random() < 0.3:
        return '"' + value.replace('"', '""') + '"'
    return value


def make():
    """A file, the size of its pieces, its delimiter, and its rows with the lines at which they begin."""
    delimiter, end = random.choice(",;\t|"), random.choice(["\n", "\r\n"])
    width, text, line, rows = random.randint(1, 4), "", 1, []
    for _ in range(random.randint(1, 8)):
        row = [field(delimiter) for _ in range(width)]
        written = delimiter.join(cell(value, delimiter) for value in row)
        if written:  # a line without anything is no row
            rows.append([line, row, None])
        line += 1 + written.count("\n")
        text += written + end
    if random.random() < 0.3:
        text = text[:-len(end)]
    return text, random.choice([1, 2, 3, 5, 8, 1 << 20]), delimiter, rows


def main():
    url, seed = sys.argv[1], int(sys.argv[2])
    random.seed(seed)
    files = [make() for _ in range(FILES)]
    for text, _, delimiter, rows in files:
        read = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
        assert read == [[value or "" for value in row] for _, row, _ in rows], "Python's csv reads what was written"
    statements = "".join(
        f"SELECT probe.read(convert_from('\\x{text.encode().hex()}', 'UTF8'), {size}, E'\\x{ord(delimiter):02x}');\n"
        for text, size, delimiter, _ in files)
    done = subprocess.run(
        ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", url], input=f"BEGIN;{READ}{statements}ROLLBACK;\n", text=True,
        stdout=subprocess.PIPE, check=True)
    wrong = 0
    for (text, size, delimiter, wanted), line in zip(files, done.stdout.splitlines(), strict=True):
        if json.loads(line) != wanted:
            wrong += 1
            print(f"{text!r} in pieces of {size}, delimited by {delimiter!r}:\n  {line}\n  {json.dumps(wanted)}")
    print(f"{FILES} files, seed {seed}: {wrong} read otherwise than by Python's csv")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
