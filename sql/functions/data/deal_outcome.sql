-- What a stage says of a deal, however its source spells it: Closed Won, closedwon and WON are won; lost, dead,
-- abandoned and disqualified are lost; anything else is open.
--
-- Role:    member
-- Returns: open, won or lost
CREATE OR REPLACE FUNCTION data.deal_outcome(stage text)
RETURNS text LANGUAGE sql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
RETURN CASE
    WHEN deal_outcome.stage ~* '(^|[^a-z]|closed)won([^a-z]|$)' THEN 'won'
    WHEN deal_outcome.stage ~* '(^|[^a-z]|closed)lost([^a-z]|$)|dead|abandoned|disqualified|closed.?no' THEN 'lost'
    ELSE 'open'
END;
COMMENT ON FUNCTION data.deal_outcome(text) IS 'What a stage says of a deal: open, won or lost.';
GRANT EXECUTE ON FUNCTION data.deal_outcome(text) TO member;
