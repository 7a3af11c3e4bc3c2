-- What a piece of CSV says, whatever the quotes: data.csv_rows takes it apart at once, and data.csv_lines where it cannot.
-- Line number, fields or reason; behind them the rest that waits for the next piece.
RESET ROLE;
CREATE FUNCTION test.csv(block text, delimiter text DEFAULT ',', is_last boolean DEFAULT true)
RETURNS text LANGUAGE sql
RETURN (
    SELECT string_agg(
        CASE WHEN r.n = 0 THEN 'rest ' || r.line_no || ' ' || r.line
            ELSE r.line_no || ' ' || COALESCE(r.reason, to_json(r.fields)::text) END, ' / ' ORDER BY r.n = 0, r.n)
    FROM data.csv_rows(csv.block, csv.delimiter, csv.is_last) AS r);

SELECT test.equals(c.block, test.csv(c.block, c.delimiter), c.wanted)
FROM (VALUES
    (E'a,b\n1,2\n',                ',', '1 ["a","b"] / 2 ["1","2"]'),
    (E'a,b\r\n1,2',                ',', '1 ["a","b"] / 2 ["1","2"]'),
    (E'a\n\n\r\nb\n',            ',', '1 ["a"] / 4 ["b"]'),
    (E'a;b\n1,5;2\n',              ';', '1 ["a","b"] / 2 ["1,5","2"]'),
    (E'a\tb\n"1\t";2\n',          E'\t', E'1 ["a","b"] / 2 A quote stands where none may.'),
    (E'a|b\n"1|"|2\n',             '|', '1 ["a","b"] / 2 ["1|","2"]'),
    -- Nothing and an empty text are two things.
    (E',"",x\n',                   ',', '1 [null,"","x"]'),
    (E'""\n',                      ',', '1 [""]'),
    -- Quotes, ends of lines and delimiters in quotes are text.
    (E'"a""b","""","c,d"\n',       ',', '1 ["a\"b","\"","c,d"]'),
    (E'"a\nb",1\nc,2\n',          ',', E'1 ["a\\nb","1"] / 3 ["c","2"]'),
    (E'"a\r\nb",1\r\nc,2\r\n',   ',', E'1 ["a\\r\\nb","1"] / 3 ["c","2"]'),
    -- A quote in the middle of a field is one of its characters.
    (E'5" disk,1\n"x",2\n',        ',', '1 ["5\" disk","1"] / 2 ["x","2"]'),
    (E'say "hi",1\n',              ',', '1 ["say \"hi\"","1"]'),
    -- What cannot be read is told, and does not take what follows along.
    (E'a,b\n"x"y,1\n"c",d\n',      ',', '1 ["a","b"] / 2 A quote stands where none may. / 3 ["c","d"]'),
    (E'a,b\n"x,1\nc,d\n',         ',', '1 ["a","b"] / 2 A quote is not closed. / 3 ["c","d"]'),
    (E'a,b\n"x,1\n"c",d\n',       ',', '1 ["a","b"] / 2 A quote stands where none may. / 3 ["c","d"]')
) AS c (block, delimiter, wanted);

-- What is not ended waits, the more so in quotes.
SELECT test.equals('nothing ended', test.csv('a,b', ',', false), 'rest 1 a,b');
SELECT test.equals('in the middle of a row', test.csv(E'a,b\n1,', ',', false), '1 ["a","b"] / rest 2 1,');
SELECT test.equals('in quotes', test.csv(E'a,b\n"1\n2', ',', false), E'1 ["a","b"] / rest 2 "1\n2');
SELECT test.equals('behind a quote', test.csv(E'a,"b"\n1,"2"', ',', false), '1 ["a","b"] / rest 2 1,"2"');
SELECT test.equals('between CR and LF', test.csv(E'a,b\n1,2\r', ',', false), E'1 ["a","b"] / rest 2 1,2\r');
SELECT test.equals('where quotes are wrong', test.csv(E'"a"b\nc,"d\ne', ',', false), E'1 A quote stands where none may. / rest 2 c,"d\ne');
-- A quote that is opened and not closed for very long was none.
SELECT test.equals('a million characters', split_part(test.csv(E'"a\n' || repeat(E'0123456789\n', 120000), ',', false), ' / ', 2), '2 ["0123456789"]');
-- Cut anywhere, both pieces together say the same.
SELECT test.equals('cut at ' || at, (
    SELECT string_agg(x.said, ' ' ORDER BY x.ord) FROM (
        SELECT 1 AS ord, string_agg(to_json(r.fields)::text, ' ' ORDER BY r.n) FILTER (WHERE r.n > 0) AS said
        FROM data.csv_rows(left(t.text, at), ',', false) AS r
        UNION ALL
        SELECT 2, string_agg(to_json(r.fields)::text, ' ' ORDER BY r.n)
        FROM data.csv_rows((SELECT l.line FROM data.csv_rows(left(t.text, at), ',', false) AS l WHERE l.n = 0) || substr(t.text, at + 1), ',', true) AS r
    ) AS x), E'["a","b\\n\\"c"] ["","d"] [null,"é"]')
FROM (SELECT E'a,"b\n""c"\r\n"",d\r\n,é\r\n') AS t (text), generate_series(1, 24) AS at;

-- How bytes and fields are told apart.
SELECT test.equals(c.what, data.detect_encoding(c.bytes), c.wanted)
FROM (VALUES
    ('ASCII',                  'a,b'::bytea,                           'utf-8'),
    ('UTF-8',                  convert_to('é,ü', 'UTF8'),              'utf-8'),
    ('UTF-8, cut',             '\x61c3'::bytea,                        'utf-8'),
    ('UTF-8 with a mark',      '\xefbbbf61'::bytea,                    'utf-8'),
    ('UTF-16LE with a mark',   '\xfffe6100'::bytea,                    'utf-16le'),
    ('UTF-16BE with a mark',   '\xfeff0061'::bytea,                    'utf-16be'),
    ('UTF-16LE',               '\x61002c006200'::bytea,                'utf-16le'),
    ('UTF-16BE',               '\x0061002c0062'::bytea,                'utf-16be'),
    ('windows-1252',           '\x8061e9'::bytea,                      'windows-1252'),
    ('iso-8859-1',             '\x81e9'::bytea,                        'iso-8859-1'),
    ('no text',                '\x7f454c4602010100000000000000'::bytea, NULL)
) AS c (what, bytes, wanted);
SELECT test.equals(c.encoding, (SELECT d.decoded || '+' || encode(d.rest, 'hex') FROM data.decode_piece(c.bytes, c.encoding, false) AS d), c.wanted)
FROM (VALUES
    ('utf-8',        '\x61c3a9c3'::bytea,                'aé+c3'),
    ('utf-8',        '\x6100'::bytea,                    E'a\u001A+'),
    ('utf-8',        '\x610ae90a62'::bytea,              E'a\n\uFDD3é\nb+'),
    ('utf-8',        convert_to(E'a\uFDD3', 'UTF8'),     E'a\uFFFD+'),
    ('utf-16le',     '\x6100e9005c003dd8'::bytea,        E'aé\\+3dd8'),
    ('utf-16be',     '\x006100e9d83dde0000'::bytea,      'aé😀+00'),
    ('utf-16be',     '\xde000061'::bytea,                E'\uFFFDa+'),
    ('windows-1252', '\x80e9'::bytea,                    '€é+'),
    ('iso-8859-1',   '\xe9'::bytea,                      'é+')
) AS c (encoding, bytes, wanted);
SELECT test.equals(c.sample, data.detect_delimiter(c.sample), c.wanted)
FROM (VALUES
    (E'a,b\n1,2\n', ','), (E'a;b\n1,5;2,5\n', ';'), (E'a\tb, c\n1\t2\n', E'\t'), (E'a|b|c\n', '|'), ('a', ','),
    (E'"a;b;c",d\n"e",f\n', ',')
) AS c (sample, wanted);
SELECT test.equals('names', data.unique_names(ARRAY['a', NULL, 'a', ' b ', '', 'a_2', 'a']), '{a,column_2,a_2,b,column_5,a_2_2,a_3}');
