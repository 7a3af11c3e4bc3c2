-- By which words a question is known to be a CTO's, CRO's, COO's or CFO's.

CREATE TYPE data.persona AS ENUM ('cto', 'cro', 'coo', 'cfo');
COMMENT ON TYPE data.persona IS 'Whose view of the organization is meant. Of two that are equally likely the earlier is taken.';

CREATE DOMAIN data.persona_query AS text
    CONSTRAINT persona_query_check CHECK (char_length(VALUE) >= 1 AND char_length(VALUE) <= 2000);
COMMENT ON DOMAIN data.persona_query IS 'A question in words, 1 to 2000 characters.';
COMMENT ON CONSTRAINT persona_query_check ON DOMAIN data.persona_query IS 'A question has 1 to 2000 characters.';

-- Words are letters and digits, and what stands between them in don't and P&L; hyphens divide. Stop words have no stem.
CREATE FUNCTION data.sentence_words(sentence text)
RETURNS TABLE (place bigint, word text, stem text) LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN QUERY
    SELECT m.place, m.found[1], (pg_catalog.ts_lexize('pg_catalog.english_stem', lower(m.found[1])))[1]
    FROM regexp_matches(sentence_words.sentence, '[[:alnum:]]+(?:[''’&][[:alnum:]]+)*', 'g') WITH ORDINALITY AS m (found, place);
END;
$$;
COMMENT ON FUNCTION data.sentence_words(text) IS 'The words of a sentence in their order, each with its English stem; NULL for a word that means nothing by itself.';
GRANT EXECUTE ON FUNCTION data.sentence_words(text) TO anon, member, worker;

CREATE FUNCTION data.sentence_stems(sentence text)
RETURNS text[] LANGUAGE plpgsql
IMMUTABLE PARALLEL SAFE SECURITY INVOKER
AS $$
BEGIN
    RETURN ARRAY(SELECT w.stem FROM data.sentence_words(sentence_stems.sentence) AS w WHERE w.stem IS NOT NULL ORDER BY w.place);
END;
$$;
COMMENT ON FUNCTION data.sentence_stems(text) IS 'The stems of the words that mean something, in their order.';
GRANT EXECUTE ON FUNCTION data.sentence_stems(text) TO anon, member, worker;

CREATE TABLE data.default_persona_keywords (
    persona data.persona NOT NULL,
    keyword text         NOT NULL,
    weight  numeric(4,2) NOT NULL,
    stems   text[]       NOT NULL GENERATED ALWAYS AS (data.sentence_stems(keyword)) STORED,

    CONSTRAINT default_persona_keywords_pkey PRIMARY KEY (persona, stems)
);
COMMENT ON TABLE data.default_persona_keywords IS 'The keywords of personas that every tenant begins with.';
GRANT SELECT ON data.default_persona_keywords TO member;

INSERT INTO data.default_persona_keywords (persona, keyword, weight)
SELECT d.persona, k.keyword, d.weight
FROM (VALUES
    ('cto'::data.persona, 1, ARRAY[
        'api', 'architecture', 'bug', 'code', 'connector', 'database', 'deployment', 'developer', 'drift', 'engineering',
        'incident', 'infrastructure', 'integration', 'kubernetes', 'latency', 'outage', 'platform', 'production',
        'reliability', 'release', 'schema', 'security', 'server', 'software', 'sync', 'system', 'technology', 'uptime',
        'vulnerability']),
    ('cto', 2, ARRAY['data pipeline', 'data quality', 'error rate', 'failed job', 'response time', 'schema drift', 'technical debt']),
    ('cro', 1, ARRAY[
        'account', 'arr', 'booking', 'churn', 'commission', 'conversion', 'crm', 'customer', 'deal', 'funnel', 'lead',
        'mrr', 'opportunity', 'pipeline', 'prospect', 'quota', 'renewal', 'retention', 'revenue', 'salesperson', 'sales',
        'selling', 'territory', 'upsell', 'win']),
    ('cro', 2, ARRAY['average deal', 'closed won', 'customer acquisition', 'deal size', 'sales cycle', 'sales pipeline', 'win rate']),
    ('coo', 1, ARRAY[
        'backlog', 'bottleneck', 'capacity', 'cloud', 'cost', 'delivery', 'efficiency', 'finops', 'fulfillment',
        'headcount', 'inventory', 'logistics', 'month', 'operation', 'procurement', 'productivity', 'process', 'sla',
        'spend', 'staffing', 'supplier', 'throughput', 'usage', 'utilization', 'vendor', 'workflow']),
    ('coo', 2, ARRAY['cloud cost', 'cost center', 'supply chain']),
    ('cfo', 1, ARRAY[
        'accounting', 'asset', 'audit', 'balance', 'budget', 'burn', 'capex', 'cash', 'debt', 'dividend', 'earning',
        'ebitda', 'equity', 'expense', 'finance', 'fiscal', 'forecast', 'funding', 'invoice', 'liability', 'liquidity',
        'margin', 'opex', 'p&l', 'payable', 'profit', 'quarter', 'receivable', 'roi', 'runway', 'tax', 'variance']),
    ('cfo', 2, ARRAY['balance sheet', 'burn rate', 'cash flow', 'gross margin', 'income statement', 'profit and loss', 'revenue recognition', 'working capital'])
) AS d (persona, weight, keywords)
CROSS JOIN LATERAL unnest(d.keywords) AS k (keyword);

CREATE TABLE data.persona_keywords (
    tenant_id  uuid         NOT NULL DEFAULT auth.tenant_id(),
    persona    data.persona NOT NULL,
    keyword    text         NOT NULL,
    weight     numeric(4,2) NOT NULL,
    stems      text[]       NOT NULL GENERATED ALWAYS AS (data.sentence_stems(keyword)) STORED,
    created_at timestamptz  NOT NULL DEFAULT now(),
    updated_at timestamptz  NOT NULL DEFAULT now(),

    CONSTRAINT persona_keywords_pkey           PRIMARY KEY (tenant_id, persona, stems),
    CONSTRAINT persona_keywords_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES auth.tenants (tenant_id),
    CONSTRAINT persona_keywords_keyword_check  CHECK (
        char_length(keyword) <= 100 AND cardinality(stems) >= 1 AND cardinality(stems) <= 5),
    CONSTRAINT persona_keywords_weight_check   CHECK (weight >= 0 AND weight <= 10)
);
COMMENT ON TABLE data.persona_keywords IS
    'A tenant''s own keywords of personas. One with the stems of a default takes its place; with weight 0 it silences it.';
COMMENT ON CONSTRAINT persona_keywords_keyword_check ON data.persona_keywords IS
    'A keyword is 1 to 5 words that mean something, 100 characters at most.';
COMMENT ON CONSTRAINT persona_keywords_weight_check ON data.persona_keywords IS 'A weight is 0 to 10.';

SELECT core.tenant_table('data.persona_keywords');
SELECT core.audit_table('data.persona_keywords');
