-- Which amounts a summary leaves out: those in other currencies than the one it shows.
--
-- Role:    member
-- Returns: [{domain, shown, currencies}], empty if there are none
CREATE OR REPLACE FUNCTION autonomos.left_out(finops text, finops_others text[], sales text, sales_others text[])
RETURNS json LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN (
        SELECT COALESCE(json_agg(json_build_object(
            'domain', c.domain, 'shown', c.shown, 'currencies', to_json(c.others)) ORDER BY c.domain), '[]')
        FROM (VALUES
            ('finops', left_out.finops, left_out.finops_others), ('sales', left_out.sales, left_out.sales_others)
        ) AS c (domain, shown, others)
        WHERE cardinality(c.others) > 0
    );
END;
$$;
COMMENT ON FUNCTION autonomos.left_out(text, text[], text, text[]) IS 'Which amounts a summary leaves out.';
GRANT EXECUTE ON FUNCTION autonomos.left_out(text, text[], text, text[]) TO member;
