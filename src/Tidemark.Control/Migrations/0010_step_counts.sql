-- What each step did, so that a run's numbers can be added up: why rows were dropped (a JSON object, reason: rows), rows of the
-- lake that were kept beside those that came, and of an upsert what the rows changed and in which version of the table.

alter table ingest_step_runs_v1 add column dropped_reasons text;
alter table ingest_step_runs_v1 add column kept_rows bigint;
alter table ingest_step_runs_v1 add column inserted_rows bigint;
alter table ingest_step_runs_v1 add column updated_rows bigint;
alter table ingest_step_runs_v1 add column unchanged_rows bigint;
alter table ingest_step_runs_v1 add column removed_rows bigint;
alter table ingest_step_runs_v1 add column table_version bigint;

-- Who asked the job to end.
alter table ingest_control_state_v1 add column canceled_by text;
