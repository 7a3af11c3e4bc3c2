-- How well a column's type goes with the data type of a canonical field, and what coercion turns its values into it.
--
-- Role:    pgserver_owner
-- Takes:   source_type: a type of PostgreSQL or a vendor's word; kinds: what data.value_kinds says of its values;
--          phrase: the column's name as a phrase
-- Returns: fit, from 0 (never) to 1 (as it is); coercion, NULL for none
CREATE OR REPLACE FUNCTION data.type_fit(
    source_type text, kinds text[], field text, data_type text, phrase text, OUT fit numeric, OUT coercion jsonb)
RETURNS record LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
DECLARE
    v_class CONSTANT text := CASE
        WHEN type_fit.source_type ~* '^(small|big)?int|^int\d|^serial|^(long|year)$' THEN 'integer'
        WHEN type_fit.source_type ~* '^(numeric|decimal|real|double|float|money|currency|number|percent)' THEN 'numeric'
        WHEN type_fit.source_type ~* '^bool' THEN 'boolean'
        WHEN type_fit.source_type ~* '^(timestamp|datetime)' THEN 'time'
        WHEN type_fit.source_type ~* '^date' THEN 'date'
        WHEN type_fit.source_type ~* '^(json|array|object)|\[\]$' THEN 'json'
        WHEN type_fit.source_type ~* '^(uuid|reference|id)$' THEN 'id'
        ELSE 'text'
    END;
    v_is_known CONSTANT boolean := type_fit.kinds IS NOT NULL;
    v_dates    CONSTANT text[] := ARRAY['date', 'date_dmy', 'date_mdy', 'date_slash', 'date_dots', 'date_digits'];
BEGIN
    CASE
        WHEN type_fit.data_type IN ('numeric', 'fraction') THEN
            fit := CASE
                WHEN v_class IN ('numeric', 'integer') THEN 1
                WHEN v_class <> 'text' THEN 0
                WHEN NOT v_is_known THEN 0.75
                WHEN type_fit.kinds && '{number,money,percent}' AND NOT type_fit.kinds && v_dates THEN 0.97
                ELSE 0
            END;
            IF type_fit.data_type = 'numeric' THEN
                coercion := CASE
                    WHEN v_class <> 'text' THEN NULL
                    WHEN 'number' = ANY (type_fit.kinds) THEN '"number"'::jsonb
                    ELSE '"currency"'
                END;
            ELSIF type_fit.source_type ~* '^percent' OR type_fit.phrase ~ '\mpercent\M' OR v_class = 'integer'
                OR type_fit.kinds && '{percent,hundred}'
            THEN
                coercion := '"percent"';
            ELSIF type_fit.kinds IS NULL OR NOT 'fraction' = ANY (type_fit.kinds) THEN
                -- 70 or 0.7 for the same chance: nobody can tell before seeing one.
                fit := fit * 0.85;
            ELSIF v_class = 'text' THEN
                coercion := '"number"';
            END IF;
        WHEN type_fit.data_type IN ('date', 'timestamptz') THEN
            fit := CASE
                WHEN v_class = 'time' THEN CASE type_fit.data_type WHEN 'date' THEN 0.97 ELSE 1 END
                WHEN v_class = 'date' THEN CASE type_fit.data_type WHEN 'date' THEN 1 ELSE 0.97 END
                WHEN v_class = 'integer' AND 'date_digits' = ANY (type_fit.kinds) THEN 0.9
                WHEN v_class <> 'text' THEN 0
                WHEN NOT v_is_known THEN 0.75
                WHEN 'date_slash' = ANY (type_fit.kinds) THEN 0.8
                WHEN type_fit.kinds && (v_dates || 'timestamp'::text) THEN 0.97
                ELSE 0
            END;
            coercion := CASE
                WHEN v_class IN ('time', 'date') THEN NULL
                WHEN 'date_dmy' = ANY (type_fit.kinds) THEN '{"date": "DD/MM/YYYY"}'::jsonb
                WHEN type_fit.kinds && '{date_mdy,date_slash}' THEN '{"date": "MM/DD/YYYY"}'
                WHEN 'date_dots' = ANY (type_fit.kinds) THEN '{"date": "DD.MM.YYYY"}'
                WHEN 'date_digits' = ANY (type_fit.kinds) THEN '{"date": "YYYYMMDD"}'
                WHEN type_fit.data_type = 'date' THEN '"date"'
                ELSE '"timestamp"'
            END;
        WHEN type_fit.data_type = 'boolean' THEN
            fit := CASE
                WHEN v_class = 'boolean' THEN 1
                WHEN v_class = 'integer' THEN CASE WHEN 'fraction' = ANY (type_fit.kinds) THEN 0.9 ELSE 0.5 END
                WHEN v_class <> 'text' THEN 0
                WHEN NOT v_is_known THEN 0.6
                WHEN 'boolean' = ANY (type_fit.kinds) THEN 0.97
                ELSE 0
            END;
            coercion := CASE WHEN v_class <> 'boolean' THEN '"boolean"'::jsonb END;
        WHEN type_fit.data_type = 'json' THEN
            fit := CASE v_class WHEN 'json' THEN 1 ELSE 0.5 END;
        ELSE
            fit := CASE v_class
                WHEN 'text' THEN 1
                WHEN 'id' THEN CASE WHEN type_fit.field ~ '(_id|currency)$' THEN 1 ELSE 0.3 END
                WHEN 'integer' THEN CASE WHEN type_fit.field ~ '_id$' THEN 1 ELSE 0.55 END
                WHEN 'numeric' THEN 0.35
                ELSE 0.15
            END;
            -- What values look like can speak for a field, or against it.
            IF v_class = 'text' AND v_is_known THEN
                IF type_fit.field IN ('email', 'phone', 'currency') THEN
                    fit := CASE WHEN type_fit.field = ANY (type_fit.kinds) THEN 1
                        WHEN type_fit.field = 'phone' AND type_fit.kinds && '{number,money}' THEN 0.9 ELSE 0.4 END;
                ELSIF type_fit.kinds && (v_dates || '{email,timestamp,boolean}'::text[]) AND type_fit.field !~ '_id$'
                    OR type_fit.kinds && '{number,phone}' AND type_fit.field !~ '(_id|status|type|stage|industry)$'
                THEN
                    fit := 0.3;
                END IF;
            END IF;
            coercion := CASE type_fit.field
                WHEN 'email' THEN '["trim", "lowercase"]'::jsonb
                WHEN 'currency' THEN CASE WHEN v_class = 'text' AND NOT COALESCE('currency' = ANY (type_fit.kinds), false)
                    THEN '["trim", "uppercase"]'::jsonb END
                ELSE CASE WHEN 'padded' = ANY (type_fit.kinds) THEN '"trim"'::jsonb END
            END;
    END CASE;
END;
$$;
COMMENT ON FUNCTION data.type_fit(text, text[], text, text, text) IS
    'How well a column''s type goes with the data type of a canonical field, and by which coercion.';
