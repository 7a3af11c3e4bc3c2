-- Requires: functions/core/declare_topic.sql
-- Requires: functions/core/observe.sql
-- People as unification makes and changes them are events, like the records they are made of.
SELECT core.declare_topic('data.golden_contact', 'People, made of the contacts of all sources.');
SELECT core.observe('data.golden_contacts', 'data.golden_contact',
    '{email,first_name,last_name,phone,title,account_id,owner_id,source_systems,contact_count}');
