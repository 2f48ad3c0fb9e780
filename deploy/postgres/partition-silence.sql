-- Partition zero_reports_silence by month: the service stopped, a backup made, as the owner of the table.
-- All or nothing. The names are those of the migrations, so that later migrations find them.
\set ON_ERROR_STOP on
BEGIN;
LOCK TABLE zero_reports_silence IN ACCESS EXCLUSIVE MODE;
ALTER TABLE zero_reports_silence RENAME TO zero_reports_silence_whole;
CREATE TABLE zero_reports_silence (LIKE zero_reports_silence_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (day);

-- An identity column does not come along (a partitioned table has none before PostgreSQL 17): a sequence does its work.
CREATE SEQUENCE zero_reports_silence_number_seq OWNED BY zero_reports_silence.id;
SELECT setval('zero_reports_silence_number_seq', coalesce(max(id), 0) + 1, false) FROM zero_reports_silence_whole;
ALTER TABLE zero_reports_silence ALTER id SET DEFAULT nextval('zero_reports_silence_number_seq');

-- Months of what is there and the thirteen to come; the last partition takes what nobody foresaw.
DO $$
DECLARE
    month date;
BEGIN
    SELECT date_trunc('month', least(min(day), current_date)) INTO month FROM zero_reports_silence_whole;
    WHILE month <= current_date + interval '13 months' LOOP
        EXECUTE format(
            'CREATE TABLE zero_reports_silence_%s PARTITION OF zero_reports_silence FOR VALUES FROM (%L) TO (%L)',
            to_char(month, 'YYYY_MM'), month, (month + interval '1 month')::date
        );
        month := month + interval '1 month';
    END LOOP;
END
$$;
CREATE TABLE zero_reports_silence_rest PARTITION OF zero_reports_silence DEFAULT;

INSERT INTO zero_reports_silence SELECT * FROM zero_reports_silence_whole;
DROP TABLE zero_reports_silence_whole;

-- Every key of a partitioned table holds the day it is divided by.
ALTER TABLE zero_reports_silence ADD PRIMARY KEY (id, day);
ALTER TABLE zero_reports_silence ADD CONSTRAINT one_silence_per_unit_and_period UNIQUE (unit_id, cadence, day);
CREATE INDEX zero_report_cadence_0203a7_idx ON zero_reports_silence (cadence, day, unit_id);
ALTER TABLE zero_reports_silence
    ADD FOREIGN KEY (unit_id) REFERENCES accounts_unit (id) DEFERRABLE INITIALLY DEFERRED,
    ADD FOREIGN KEY (round_id) REFERENCES zero_reports_round (id) DEFERRABLE INITIALLY DEFERRED;
COMMIT;
ANALYZE zero_reports_silence;
