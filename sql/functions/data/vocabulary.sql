-- Requires: functions/data/name_phrase.sql
-- What is known about names from the start, for every tenant. The words come from general knowledge of business English;
-- the labelled names that suggestions are measured on were collected later and are kept apart from these.
--
-- Phrases are stored as data.name_phrase writes names, so one spelling here stands for all that mean the same.
DELETE FROM data.words;
DELETE FROM data.synonyms;
DELETE FROM data.entity_synonyms;

-- Words that mean themselves.
INSERT INTO data.words (word, meaning)
SELECT w.word, w.word
FROM regexp_split_to_table(btrim('
    account company organization customer client firm business contact person individual lead deal opportunity
    prospect name first last middle given family full display short long nick legal trading email address phone mobile
    fax home work office direct main primary secondary other personal job title position role function designation
    occupation department team unit division owner owned user rep representative manager sale seller agent assigned
    assignee responsible by employer id key number code ref reference external internal type kind category class
    classification segment tier relationship industry sector vertical branch line market status state stage phase step
    pipeline level lifecycle reason amount value total sum price revenue worth size budget cost spend expense charge
    tax discount net gross balance contract currency iso transaction base exchange rate close closed closing closes
    date day time timestamp expected estimated forecast forecasted projected target planned actual decision due
    probability likelihood chance confidence percent win winning won lost created create creation added add inserted
    insert entered updated update modified modify changed change edited latest recent stamp on at is has of to from
    for and in not do parent child associated potential billing shipping street city country postal region area
    website web site domain description note comment source campaign annual employee count rating score rank active
    deleted archived flag opt out next previous activity partner vendor supplier invoice order product subscription
    payment item quote ticket case task event call meeting month year quarter week period fiscal centre service usage
    plan original system record version local default preferred language gender birth salutation buyer topic subject
    bill ship sold process method term history log member group
', E' \n'), '\s+') AS w (word);

-- Abbreviations and other spellings.
INSERT INTO data.words (word, meaning)
VALUES
    ('acct', 'account'), ('acc', 'account'), ('accnt', 'account'), ('org', 'organization'),
    ('organisation', 'organization'), ('cust', 'customer'), ('opp', 'opportunity'), ('oppty', 'opportunity'),
    ('opps', 'opportunity'), ('comp', 'company'), ('cmpny', 'company'), ('nm', 'name'), ('fname', 'first name'),
    ('lname', 'last name'), ('firstname', 'first name'), ('lastname', 'last name'), ('forename', 'first name'),
    ('surname', 'last name'), ('companies', 'company'), ('persons', 'person'), ('mail', 'email'), ('eml', 'email'),
    ('addr', 'address'), ('ph', 'phone'), ('tel', 'phone'), ('telephone', 'phone'), ('fone', 'phone'),
    ('mob', 'mobile'), ('cell', 'mobile'), ('num', 'number'), ('no', 'number'), ('nbr', 'number'), ('nr', 'number'),
    ('guid', 'id'), ('uuid', 'id'), ('identifier', 'id'), ('ident', 'id'), ('desc', 'description'),
    ('descr', 'description'), ('amt', 'amount'), ('val', 'value'), ('rev', 'revenue'), ('qty', 'quantity'),
    ('quantity', 'quantity'), ('curr', 'currency'), ('ccy', 'currency'), ('cur', 'currency'), ('dt', 'date'),
    ('ts', 'timestamp'), ('datetime', 'timestamp'), ('prob', 'probability'), ('pct', 'percent'), ('perc', 'percent'),
    ('percentage', 'percent'), ('stat', 'status'), ('sts', 'status'), ('typ', 'type'), ('cat', 'category'),
    ('mgr', 'manager'), ('dept', 'department'), ('dep', 'department'), ('emp', 'employee'), ('est', 'estimated'),
    ('exp', 'expected'), ('expctd', 'expected'), ('upd', 'updated'), ('mod', 'modified'), ('lst', 'last'),
    ('biz', 'business'), ('center', 'centre'), ('ctr', 'centre'), ('yr', 'year'), ('mth', 'month'), ('mon', 'month'),
    ('salesperson', 'sale person'), ('salesrep', 'sale rep'), ('timestamps', 'timestamp'), ('custom', 'custom'),
    ('people', 'person'), ('reps', 'rep'), ('sales', 'sale');

-- Words that say nothing in the name of a relation.
INSERT INTO data.words (word, meaning, is_noise)
SELECT w.word, w.word, true
FROM regexp_split_to_table(btrim('
    crm erp hubspot salesforce stripe zuora dynamics pipedrive all active export import data table list raw stg
    staging view vw tbl dim fact src dump extract sync backup master current full old public dbo report csv json file
    sale sales snapshot my
', E' \n'), '\s+') AS w (word)
ON CONFLICT ON CONSTRAINT words_pkey DO UPDATE SET is_noise = true;

-- Fields; * is any entity.
INSERT INTO data.synonyms (entity, field, phrase)
SELECT DISTINCT s.entity, s.field, data.name_phrase(p.phrase)
FROM (VALUES
    ('*', 'owner_id', '
        owner, owner id, owned by, owner user id, assigned to, assigned to id, assigned user, assigned user id,
        assignee, assignee id, account manager, account owner, sales rep, sales rep id, sales representative,
        sales person, sales person id, sales owner, rep, rep id, responsible, responsible id, responsible user,
        responsible person, manager, seller, seller id, agent, agent id, owning user, user id'),
    ('*', 'created_at', '
        created, created at, created on, created date, created time, created timestamp, date created, time created,
        create date, create time, creation date, creation time, created datetime, date added, added, added at,
        added on, add time, added date, inserted, inserted at, inserted on, insert date, insert time, entered on,
        entered at, date entered, record created, record created date'),
    ('*', 'updated_at', '
        updated, updated at, updated on, updated date, updated time, updated timestamp, update date, update time,
        date updated, last updated, last updated at, last updated on, last update, last update date, modified,
        modified at, modified on, modified date, modified time, date modified, last modified, last modified at,
        last modified on, last modified date, last modified time, changed, changed at, changed on, changed date,
        last changed, last changed at, last change, last change date, edited at, last edited, last edited at,
        system modified stamp, record updated'),
    ('account', 'name', '
        name, account name, company name, company, organization name, organization, customer name, customer,
        client name, client, business name, firm, firm name, legal name, trading name, account, full name,
        display name'),
    ('account', 'type', '
        type, account type, customer type, company type, organization type, client type, relationship type,
        relationship, kind, category, account category, customer category, classification, type name, account class'),
    ('account', 'industry', '
        industry, sector, vertical, industry sector, business sector, industry code, industry type, industry name,
        industry group, line of business, branch, market, market segment, market vertical'),
    ('account', 'status', '
        status, account status, customer status, client status, company status, organization status, account state,
        lifecycle stage, lifecycle status, relationship status, status code, status name, status id'),
    ('contact', 'account_id', '
        account id, account, account number, company id, company, organization id, organization, customer id,
        customer account id, client id, parent account, parent account id, employer, employer id, associated company,
        associated company id, parent customer, parent customer id, company ref, account ref, account key, business id'),
    ('contact', 'email', '
        email, email address, e mail, e mail address, mail address, primary email, primary email address, work email,
        work email address, business email, main email, contact email, office email, email id'),
    ('contact', 'first_name', '
        first name, given name, first, christian name'),
    ('contact', 'last_name', '
        last name, family name, last, second name'),
    ('contact', 'phone', '
        phone, phone number, work phone, work phone number, business phone, office phone, main phone, primary phone,
        primary phone number, direct phone, direct line, contact phone, contact number, daytime phone, mobile phone,
        mobile, mobile number, mobile phone number'),
    ('contact', 'title', '
        title, job title, position, job position, role, job role, function, job function, designation, occupation,
        business title, work title, job'),
    ('opportunity', 'account_id', '
        account id, account, account number, company id, company, organization id, organization, customer id,
        customer, client id, client, parent account, parent account id, associated company, associated company id,
        buyer, buyer id, potential customer, potential customer id, company ref, account ref, account key'),
    ('opportunity', 'name', '
        name, opportunity name, deal name, title, opportunity title, deal title, deal, opportunity, topic, subject,
        sale name'),
    ('opportunity', 'stage', '
        stage, stage name, sales stage, deal stage, opportunity stage, pipeline stage, phase, sales phase, deal phase,
        step, step name, sales step, stage id, deal stage id, pipeline stage id, current stage'),
    ('opportunity', 'amount', '
        amount, deal amount, deal value, value, opportunity amount, opportunity value, total value, total amount,
        deal size, deal worth, worth, expected revenue, estimated value, estimated revenue, estimated amount,
        expected amount, expected value, revenue, contract value, total contract value, price, total price'),
    ('opportunity', 'currency', '
        currency, currency code, currency iso code, iso currency, iso currency code, transaction currency,
        transaction currency code, transaction currency id, deal currency, amount currency, value currency,
        currency id, currency name'),
    ('opportunity', 'close_date', '
        close date, closing date, closed date, expected close date, estimated close date, expected closing date,
        forecast close date, forecasted close date, target close date, planned close date, projected close date,
        expected close, estimated close, closes on, closes at, close, decision date, expected decision date,
        close time'),
    ('opportunity', 'probability', '
        probability, probability percent, win probability, close probability, closing probability, deal probability,
        winning probability, forecast probability, likelihood, win likelihood, chance, win chance, chance of winning,
        win percent, confidence percent'),
    ('cost', 'centre', '
        centre, cost centre, cost centre name, cost centre id, department, department name, team, business unit, unit,
        division'),
    ('cost', 'service', '
        service, service name, product, product name, category, service category, resource type'),
    ('cost', 'month', '
        month, period, billing month, billing period, invoice month, usage month, date, usage date, billing date,
        fiscal month, fiscal period, posting date, month start'),
    ('cost', 'currency', '
        currency, currency code, billing currency, currency iso code'),
    ('budget', 'centre', '
        centre, cost centre, cost centre name, cost centre id, department, department name, team, business unit, unit,
        division'),
    ('budget', 'service', '
        service, service name, product, product name, category, service category, resource type'),
    ('budget', 'month', '
        month, period, billing month, billing period, invoice month, usage month, date, usage date, billing date,
        fiscal month, fiscal period, posting date, month start'),
    ('budget', 'currency', '
        currency, currency code, billing currency, currency iso code'),
    ('cost', 'amount', '
        amount, cost, spend, total cost, total amount, total, charge, expense, net amount, net cost, cost amount,
        spend amount, actual amount, actual cost, actual'),
    ('budget', 'amount', '
        amount, budget, budget amount, planned amount, plan, planned cost, total budget, budgeted amount,
        target amount, total')
) AS s (entity, field, phrases)
CROSS JOIN LATERAL regexp_split_to_table(btrim(s.phrases, E' \n'), ',\s+') AS p (phrase)
ON CONFLICT ON CONSTRAINT synonyms_pkey DO NOTHING;

-- Entities; NULL is none of them.
INSERT INTO data.entity_synonyms (phrase, entity)
SELECT DISTINCT data.name_phrase(p.phrase), s.entity
FROM (VALUES
    ('account', '
        account, company, organization, customer, client, firm, business, customer account, client account,
        business account, company account, corporate account, customer organization, client company, customer company'),
    ('contact', '
        contact, person, individual, customer contact, client contact, account contact, company contact,
        business contact, contact person'),
    ('opportunity', '
        opportunity, deal, sales opportunity, sales deal, open opportunity, open deal'),
    ('cost', '
        cost, spend, expense, cloud cost, cloud spend, service cost, actual cost, cost report'),
    ('budget', '
        budget, cost budget, budget plan, service budget'),
    (NULL, '
        lead, invoice, invoice line, order, product, price, subscription, payment, charge, refund, ticket, case, task,
        event, activity, call, meeting, note, email, campaign, user, role, group, team, attachment, document, quote,
        contract, history, log, audit, item, line item, line, membership, member, comment, tag, setting,
        configuration, session, address, transaction, asset, incident, territory, currency, country, share, feed,
        bank account, user account, service account, payment account, stage, pipeline, relationship, type, status,
        category, department, employee, vendor, supplier, plan, rate, usage, credit, dispute, coupon, discount, tax,
        journal, journal entry, ledger, ledger account, method, preference, permission, job, notification, message,
        sequence, form, survey, target, goal, forecast, entitlement, solution, competitor, partner')
) AS s (entity, phrases)
CROSS JOIN LATERAL regexp_split_to_table(btrim(s.phrases, E' \n'), ',\s+') AS p (phrase)
ON CONFLICT ON CONSTRAINT entity_synonyms_pkey DO NOTHING;
