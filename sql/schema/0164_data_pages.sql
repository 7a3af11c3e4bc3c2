-- One page of a list that takes filters and a cursor.
CREATE TYPE data.record_page AS (items json, total bigint, item_count int, next_cursor text);
COMMENT ON TYPE data.record_page IS 'One page of records; next_cursor is NULL unless more follow and were asked for by cursor.';

-- The lists of the views take filters and a cursor from here on, and answer for themselves: functions of another
-- signature, which sql/functions makes anew.
DROP FUNCTION IF EXISTS autonomos.list_accounts(core.page_limit, core.page_offset);
DROP FUNCTION IF EXISTS autonomos.list_opportunities(core.page_limit, core.page_offset);
