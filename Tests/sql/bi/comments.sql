-- Whatever an analyst's tool can list says what it is: the schema, each view, and each column.
SELECT test.equals('a comment on the schema', obj_description('bi'::regnamespace, 'pg_namespace') IS NOT NULL, true);

SELECT test.equals('views without a comment', array_agg(c.relname::text), NULL)
FROM pg_catalog.pg_class AS c
WHERE c.relnamespace = 'bi'::regnamespace AND obj_description(c.oid, 'pg_class') IS NULL;

SELECT test.equals('columns without a comment', array_agg(format('%s.%s', c.relname, a.attname)), NULL)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'bi'::regnamespace AND col_description(c.oid, a.attnum) IS NULL;
