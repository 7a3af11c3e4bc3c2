-- The source of the demonstration: a small CRM in a database of its own, with a login that may only read it.
--
-- Run by the administrator with psql, connected to any database of the cluster. It may be run again: the tables are
-- made anew, always with the same rows but for their dates, which stay recent.
--
--   psql -v source_db=demo_crm -v source_user=demo_crm_reader -v source_password=… -f deploy/demo/source.sql
--
-- Values are as untidy as such systems' are: spaces around names, shouted addresses, amounts with currency signs, five
-- spellings of a stage, a few amounts that are no numbers and a few deals of companies that are gone.

\set ON_ERROR_STOP on
\if :{?source_db} \else \set source_db demo_crm \endif
\if :{?source_user} \else \set source_user demo_crm_reader \endif
\if :{?source_password} \else \warn 'source_password is not set' \quit \endif

SELECT format('CREATE DATABASE %I TEMPLATE template0 ENCODING ''UTF8''', :'source_db')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database AS d WHERE d.datname = :'source_db')
\gexec
SELECT format('CREATE ROLE %I LOGIN NOINHERIT CONNECTION LIMIT 20', :'source_user')
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = :'source_user')
\gexec
SET password_encryption = 'scram-sha-256';
ALTER ROLE :"source_user" PASSWORD :'source_password';
REVOKE ALL ON DATABASE :"source_db" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"source_db" TO :"source_user";

\connect :"source_db"
SET client_min_messages = warning;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"source_user";

BEGIN;
DROP TABLE IF EXISTS public.deals, public.people, public.companies;

CREATE TABLE public.companies (
    id             int         PRIMARY KEY,
    company_name   text        NOT NULL,
    relation       text,
    sector         text,
    city           text,
    country        text,
    employees      int,
    annual_revenue numeric,
    website        text,
    owner_email    text,
    state          text,
    created_at     timestamptz NOT NULL,
    modified_at    timestamptz NOT NULL
);
CREATE TABLE public.people (
    id          int         PRIMARY KEY,
    company_id  int,
    given_name  text,
    family_name text,
    email       text,
    phone       text,
    job_title   text,
    newsletter  boolean     NOT NULL,
    created_at  timestamptz NOT NULL,
    modified_at timestamptz NOT NULL
);
CREATE TABLE public.deals (
    id            int         PRIMARY KEY,
    company_id    int,
    title         text        NOT NULL,
    stage         text,
    value         text,
    currency      text,
    win_chance    text,
    expected_on   date,
    owner_email   text,
    lead_source   text,
    created_at    timestamptz NOT NULL,
    modified_at   timestamptz NOT NULL
);

SELECT setseed(0.42) \g /dev/null

INSERT INTO public.companies
WITH words AS (
    SELECT
        ARRAY['Acme', 'Nordwind', 'Blue Harbor', 'Stellar', 'Evergreen', 'Pinnacle', 'Kestrel', 'Lumen', 'Granite',
            'Silverline', 'Cobalt', 'Meridian', 'Redwood', 'Atlas', 'Summit', 'Orchard', 'Vertex', 'Halcyon', 'Ironbridge',
            'Solstice', 'Fjord', 'Cascade', 'Beacon', 'Quarry', 'Juniper', 'Horizon', 'Tidewater', 'Falcon', 'Copperfield',
            'Aurora', 'Keystone', 'Lakeside', 'Marlow', 'Novara', 'Osprey', 'Primrose', 'Riverton', 'Sable', 'Thornbury',
            'Umbra', 'Valmont', 'Westgate', 'Yarrow', 'Zephyr', 'Brightwater', 'Castellan', 'Dunmore', 'Elmstead'] AS firsts,
        ARRAY['Software', 'Logistics', 'Foods', 'Health', 'Energy', 'Capital', 'Textiles', 'Robotics', 'Media', 'Pharma',
            'Insurance', 'Retail', 'Motors', 'Analytics', 'Construction', 'Telecom'] AS lines,
        ARRAY['Technology', 'Transportation', 'Food & Beverage', 'Healthcare', 'Energy', 'Financial Services',
            'Manufacturing', 'Manufacturing', 'Media', 'Healthcare', 'Financial Services', 'Retail', 'Automotive',
            'Technology', 'Construction', 'Telecommunications'] AS sectors,
        ARRAY['Inc.', 'GmbH', 'Ltd', 'LLC', 'S.A.', 'AB', 'B.V.', 'Group'] AS forms,
        ARRAY['Berlin', 'Hamburg', 'München', 'Paris', 'Lyon', 'London', 'Manchester', 'Amsterdam', 'Stockholm', 'Madrid',
            'Milano', 'Warszawa', 'New York', 'Boston', 'Chicago', 'Austin', 'Seattle', 'Toronto'] AS cities,
        ARRAY['DE', 'DE', 'DE', 'FR', 'FR', 'GB', 'GB', 'NL', 'SE', 'ES', 'IT', 'PL', 'US', 'US', 'US', 'US', 'US', 'CA'] AS countries
), drawn AS (
    -- The numbers are drawn in the order of the rows, so that every run draws the same.
    SELECT n, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e, random() AS f, random() AS g
    FROM generate_series(1, 1200) AS n
)
SELECT
    d.n,
    CASE WHEN d.n % 41 = 0 THEN '  ' ELSE '' END
        || w.firsts[1 + (d.n - 1) % 48] || ' ' || w.lines[1 + ((d.n - 1) / 48) % 16] || ' '
        || w.forms[1 + floor(d.c * 8)::int] || CASE WHEN d.n > 768 THEN ' ' || w.cities[1 + floor(d.d * 18)::int] ELSE '' END
        || CASE WHEN d.n % 29 = 0 THEN ' ' ELSE '' END,
    (ARRAY['customer', 'customer', 'prospect', 'Prospect', 'PARTNER', NULL])[1 + floor(d.e * 6)::int],
    w.sectors[1 + ((d.n - 1) / 48) % 16],
    w.cities[1 + floor(d.d * 18)::int],
    w.countries[1 + floor(d.d * 18)::int],
    round(exp(2.5 + 6 * d.a))::int,
    round((exp(2.5 + 6 * d.a) * (60000 + 120000 * d.b))::numeric, -3),
    'https://www.' || lower(replace(w.firsts[1 + (d.n - 1) % 48], ' ', '')) || d.n || '.example',
    (ARRAY['j.meyer', 'a.rossi', 'k.lindqvist', 'p.okafor', 's.tanaka', 'm.dubois'])[1 + floor(d.f * 6)::int] || '@seller.example',
    (ARRAY['active', 'active', 'active', 'Active', 'ACTIVE ', 'inactive', 'churned'])[1 + floor(d.g * 7)::int],
    date_trunc('second', now()) - (30 + 1400 * d.b) * interval '1 day',
    date_trunc('second', now()) - 29 * d.c * interval '1 day'
FROM drawn AS d
CROSS JOIN words AS w
ORDER BY d.n;

INSERT INTO public.people
WITH words AS (
    SELECT
        ARRAY['Anna', 'Ben', 'Clara', 'David', 'Elena', 'Felix', 'Grace', 'Hugo', 'Ines', 'Jonas', 'Katarzyna', 'Luca',
            'Maria', 'Noah', 'Olivia', 'Paul', 'Quentin', 'Rosa', 'Samuel', 'Tara', 'Ursula', 'Victor', 'Wanda', 'Yusuf',
            'Zoë'] AS given,
        ARRAY['Andersson', 'Becker', 'Costa', 'Dubois', 'Evans', 'Fischer', 'García', 'Hansen', 'Ito', 'Jansen', 'Kowalski',
            'Leroy', 'Müller', 'Novak', 'O''Brien', 'Patel', 'Quinn', 'Rossi', 'Schmidt', 'Taylor', 'Ueda', 'Vogel', 'Walker',
            'Young', 'Zimmermann'] AS family,
        ARRAY['CEO', 'CFO', 'CTO', 'Head of Procurement', 'Buyer', 'IT Manager', 'Operations Lead', 'Data Engineer',
            'Marketing Manager', 'Plant Manager'] AS titles
), drawn AS (
    SELECT n, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e
    FROM generate_series(1, 3600) AS n
)
SELECT
    d.n,
    CASE WHEN d.n % 97 = 0 THEN NULL ELSE 1 + (d.n * 7) % 1200 END,
    w.given[1 + floor(d.a * 25)::int],
    w.family[1 + floor(d.b * 25)::int],
    CASE WHEN d.n % 53 = 0 THEN NULL ELSE
        CASE WHEN d.n % 13 = 0 THEN upper(m.address) WHEN d.n % 31 = 0 THEN ' ' || m.address || ' ' ELSE m.address END
    END,
    '+' || (30 + floor(d.c * 19)::int) || ' ' || (100 + floor(d.d * 899)::int) || ' ' || (100000 + floor(d.e * 899999)::int),
    w.titles[1 + floor(d.c * 10)::int],
    d.d < 0.4,
    date_trunc('second', now()) - (20 + 1200 * d.e) * interval '1 day',
    date_trunc('second', now()) - 19 * d.a * interval '1 day'
FROM drawn AS d
CROSS JOIN words AS w
CROSS JOIN LATERAL (
    SELECT lower(translate(w.given[1 + floor(d.a * 25)::int], 'ë', 'e')) || '.'
        || lower(translate(w.family[1 + floor(d.b * 25)::int], 'íü''', 'iu'))
        -- Every eighth address occurs twice, as it does where two departments keep the same person.
        || (CASE WHEN d.n % 8 = 0 THEN d.n - 1 ELSE d.n END) % 900 || '@company' || (1 + (d.n * 7) % 1200) || '.example' AS address
) AS m
ORDER BY d.n;

INSERT INTO public.deals
WITH drawn AS (
    SELECT n, random() AS a, random() AS b, random() AS c, random() AS d, random() AS e, random() AS f
    FROM generate_series(1, 2400) AS n
), shaped AS (
    SELECT
        d.*,
        -- A few large deals and many small ones.
        round(exp(7.5 + 4.2 * (d.a + d.b) / 2)::numeric, CASE WHEN d.n % 4 = 0 THEN 2 ELSE -2 END) AS amount,
        1 + floor(d.c * 6)::int AS step,
        (ARRAY['EUR', 'EUR', 'USD', 'USD', 'USD', 'GBP'])[1 + floor(d.d * 6)::int] AS money
    FROM drawn AS d
)
SELECT
    s.n,
    CASE WHEN s.n % 211 = 0 THEN 9000 + s.n ELSE 1 + floor(s.e * 1200)::int END,
    (ARRAY['Renewal', 'New licence', 'Expansion', 'Pilot', 'Support contract', 'Migration', 'Annual plan'])[1 + floor(s.f * 7)::int]
        || ' ' || to_char(now() - (s.n % 30) * interval '10 days', '"Q"Q YYYY') || ' #' || s.n,
    CASE
        WHEN s.step = 5 THEN (ARRAY['Closed Won', 'closed won', 'WON', 'Won', ' Closed Won'])[1 + s.n % 5]
        WHEN s.step = 6 THEN (ARRAY['Closed Lost', 'LOST', 'closed lost'])[1 + s.n % 3]
        ELSE (ARRAY['Prospecting', 'Qualification', 'Proposal', 'Negotiation'])[s.step]
    END,
    CASE
        WHEN s.n % 301 = 0 THEN 'TBD'
        WHEN s.n % 97 = 0 THEN NULL
        WHEN s.n % 11 = 0 THEN '$' || to_char(s.amount, 'FM999,999,990.00')
        WHEN s.n % 17 = 0 THEN translate(to_char(s.amount, 'FM999,999,990.00'), ',.', '.,') || ' EUR'
        WHEN s.n % 23 = 0 THEN ' ' || s.amount || ' '
        ELSE s.amount::text
    END,
    CASE WHEN s.n % 11 = 0 THEN 'usd' WHEN s.n % 17 = 0 THEN 'EUR' WHEN s.n % 19 = 0 THEN lower(s.money) ELSE s.money END,
    (ARRAY['10%', '25%', '50%', '75 %', '100%', '0%'])[s.step],
    (now() + CASE WHEN s.step >= 5 THEN -300 * s.b ELSE -20 + 200 * s.a END * interval '1 day')::date,
    (ARRAY['j.meyer', 'a.rossi', 'k.lindqvist', 'p.okafor', 's.tanaka', 'm.dubois'])[1 + floor(s.f * 6)::int] || '@seller.example',
    (ARRAY['website', 'referral', 'trade fair', 'outbound', 'partner'])[1 + floor(s.d * 5)::int],
    date_trunc('second', now()) - (15 + 400 * s.b) * interval '1 day',
    date_trunc('second', now()) - 14 * s.c * interval '1 day'
FROM shaped AS s
ORDER BY s.n;

CREATE INDEX companies_modified_at_idx ON public.companies (modified_at, id);
CREATE INDEX people_modified_at_idx    ON public.people (modified_at, id);
CREATE INDEX deals_modified_at_idx     ON public.deals (modified_at, id);
GRANT SELECT ON public.companies, public.people, public.deals TO :"source_user";
COMMIT;
ANALYZE public.companies, public.people, public.deals;
