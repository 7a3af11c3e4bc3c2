-- Requires: functions/core/declare_setting.sql
-- How sure a suggestion has to be, and how many bulk mappings a tenant may have.
SELECT core.declare_setting('data.mapping_threshold', 'PGSERVER_DATA_MAPPING_THRESHOLD', 'integer', '85',
    'How sure a suggested mapping or a repair must be, in percent, to be applied without asking anybody.');
SELECT core.declare_setting('data.suggestion_floor', 'PGSERVER_DATA_SUGGESTION_FLOOR', 'integer', '30',
    'How sure a suggested mapping must be, in percent, to be shown to anybody.');
SELECT core.declare_setting('data.bulk_mappings_running_max', 'PGSERVER_DATA_BULK_MAPPINGS_RUNNING_MAX', 'integer', '5',
    'How many bulk mapping jobs of a tenant run at a time.');
SELECT core.declare_setting('data.bulk_mappings_queued_max', 'PGSERVER_DATA_BULK_MAPPINGS_QUEUED_MAX', 'integer', '100',
    'How many bulk mapping jobs of a tenant may wait.');
