-- An amount as tiles write it: $45,230; amounts below 100 with two decimal places; a code without a sign of its own
-- stands before the figure.
--
-- Role:    member
-- Returns: NULL for no amount
CREATE OR REPLACE FUNCTION autonomos.money(amount numeric, currency text)
RETURNS text LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN CASE WHEN round(money.amount, 2) < 0 THEN '-' ELSE '' END
        || CASE money.currency
            WHEN 'USD' THEN '$' WHEN 'EUR' THEN '€' WHEN 'GBP' THEN '£' WHEN 'JPY' THEN '¥' WHEN 'INR' THEN '₹'
            ELSE COALESCE(money.currency || ' ', '') END
        || CASE WHEN abs(money.amount) < 100 AND money.amount <> trunc(money.amount)
            THEN to_char(abs(money.amount), 'FM999,999,999,999,990.00')
            ELSE to_char(abs(money.amount), 'FM999,999,999,999,990') END;
END;
$$;
COMMENT ON FUNCTION autonomos.money(numeric, text) IS 'An amount as tiles write it.';
GRANT EXECUTE ON FUNCTION autonomos.money(numeric, text) TO member;
