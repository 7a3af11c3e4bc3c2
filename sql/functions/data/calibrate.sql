-- How probable it is that what got this score is right: data.calibration, interpolated.
--
-- Role:    member, worker
CREATE OR REPLACE FUNCTION data.calibrate(score numeric)
RETURNS numeric LANGUAGE sql
STABLE PARALLEL SAFE SECURITY INVOKER
RETURN (
    SELECT round(CASE
        WHEN h.score IS NULL OR h.score = l.score THEN l.confidence
        ELSE l.confidence + (h.confidence - l.confidence) * (greatest(calibrate.score, 0) - l.score) / (h.score - l.score)
    END, 3)
    FROM (
        SELECT c.score, c.confidence FROM data.calibration AS c
        WHERE c.score <= greatest(calibrate.score, 0) ORDER BY c.score DESC LIMIT 1
    ) AS l
    LEFT JOIN LATERAL (
        SELECT c.score, c.confidence FROM data.calibration AS c WHERE c.score > l.score ORDER BY c.score LIMIT 1
    ) AS h ON true
);
COMMENT ON FUNCTION data.calibrate(numeric) IS 'How probable it is that what got this score is right.';
GRANT EXECUTE ON FUNCTION data.calibrate(numeric) TO member, worker;
