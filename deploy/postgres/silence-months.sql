-- The partitions of zero_reports_silence for this month and the thirteen to come, after partition-silence.sql.
-- What exists is left alone: run it once a year, in November, as the owner of the table.
\set ON_ERROR_STOP on
DO $$
DECLARE
    month date := date_trunc('month', current_date);
BEGIN
    WHILE month <= current_date + interval '13 months' LOOP
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS zero_reports_silence_%s PARTITION OF zero_reports_silence FOR VALUES FROM (%L) TO (%L)',
            to_char(month, 'YYYY_MM'), month, (month + interval '1 month')::date
        );
        month := month + interval '1 month';
    END LOOP;
END
$$;
