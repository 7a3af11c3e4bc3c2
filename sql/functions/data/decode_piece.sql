-- Requires: functions/data/decode_line.sql
-- Requires: functions/data/partial_character.sql
-- A piece of a file as text, and the bytes at its end that belong to the next one.
--
-- Zero bytes become U+001A, the sign for what could not be shown. The marks U+FDD0 to U+FDD3, which no text may hold
-- and with which rows are taken apart, become U+FFFD. Lines that are no UTF-8, if there should be, are marked by U+FDD3.
--
-- Role:    pgserver_owner
CREATE OR REPLACE FUNCTION data.decode_piece(bytes bytea, encoding text, is_last boolean, OUT decoded text, OUT rest bytea)
LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_zero  CONSTANT bytea := '\x00';
    v_bytes bytea := decode_piece.bytes;
    v_count int := octet_length(decode_piece.bytes);
    v_rest  int := 0;
BEGIN
    IF decode_piece.encoding LIKE 'utf-16%' THEN
        v_rest := v_count % 2;
        -- The first half of a pair waits for the second.
        IF v_count - v_rest >= 2 AND get_byte(
            v_bytes, v_count - v_rest - CASE decode_piece.encoding WHEN 'utf-16le' THEN 1 ELSE 2 END) BETWEEN 216 AND 219
        THEN
            v_rest := v_rest + 2;
        END IF;
    ELSIF decode_piece.encoding = 'utf-8' AND NOT decode_piece.is_last THEN
        v_rest := data.partial_character(v_bytes);
    END IF;
    rest := CASE WHEN v_rest > 0 AND NOT decode_piece.is_last THEN substr(v_bytes, v_count - v_rest + 1) ELSE '' END;
    IF v_rest > 0 THEN
        v_bytes := substr(v_bytes, 1, v_count - v_rest);
    END IF;

    IF decode_piece.encoding LIKE 'utf-16%' THEN
        decoded := replace(regexp_replace(
            encode(v_bytes, 'hex'), '(..)(..)',
            CASE decode_piece.encoding WHEN 'utf-16le' THEN '\\\2\1' ELSE '\\\1\2' END, 'g'), '\0000', '\001a');
        BEGIN
            decoded := unistr(decoded);
        EXCEPTION WHEN syntax_error OR invalid_parameter_value THEN
            -- Halves of pairs without the other.
            decoded := unistr(regexp_replace(decoded, '\\d[89a-f]..', '\\fffd', 'g'));
        END;
    ELSE
        IF position(v_zero IN v_bytes) > 0 THEN
            v_bytes := decode(replace(replace(encode(v_bytes, 'escape'), '\\', '\134'), '\000', '\032'), 'escape');
        END IF;
        BEGIN
            decoded := convert_from(v_bytes, CASE decode_piece.encoding
                WHEN 'utf-8' THEN 'UTF8' WHEN 'windows-1252' THEN 'WIN1252' ELSE 'LATIN1' END);
        EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
            IF decode_piece.encoding = 'utf-8' THEN
                SELECT string_agg(data.decode_line(convert_to(l.line, 'LATIN1')), E'\n' ORDER BY l.n)
                INTO decoded
                FROM string_to_table(convert_from(v_bytes, 'LATIN1'), E'\n') WITH ORDINALITY AS l (line, n);
                RETURN;
            END IF;
            decoded := convert_from(v_bytes, 'LATIN1');
        END;
    END IF;
    IF strpos(decoded, E'\uFDD0') + strpos(decoded, E'\uFDD1') + strpos(decoded, E'\uFDD2') + strpos(decoded, E'\uFDD3') > 0 THEN
        decoded := translate(decoded, E'\uFDD0\uFDD1\uFDD2\uFDD3', E'\uFFFD\uFFFD\uFFFD\uFFFD');
    END IF;
END;
$$;
COMMENT ON FUNCTION data.decode_piece(bytea, text, boolean) IS 'A piece of a file as text.';
