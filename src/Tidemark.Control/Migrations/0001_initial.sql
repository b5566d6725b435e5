-- The control database, in SQL that SQLite and PostgreSQL both understand.
-- Moments are epoch milliseconds, days are YYYY-MM-DD text, flags are 0 or 1.
-- A migration that was released is never edited: its checksum is kept in every database that it was applied to.

create table ingest_runs (
  id text not null primary key,
  scope text not null,
  mode text not null,
  status text not null,
  as_of_trade_date text,
  started_at bigint not null,
  finished_at bigint,
  heartbeat_at bigint not null,
  symbol_count bigint not null default 0,
  inserted bigint not null default 0,
  updated bigint not null default 0,
  rows bigint not null default 0,
  errors bigint not null default 0,
  error_message text,
  meta_json text
);
create index ingest_runs_started on ingest_runs (started_at desc);
create index ingest_runs_scope_status on ingest_runs (scope, status, started_at desc);

create table ingest_step_runs_v1 (
  ingest_run_id text not null references ingest_runs (id) on delete cascade,
  step_id text not null,
  scope_id text not null,
  domain_id text,
  module_id text,
  stage text not null,
  status text not null,
  input_rows bigint,
  output_rows bigint,
  dropped_rows bigint,
  error_message text,
  started_at bigint not null,
  finished_at bigint,
  primary key (ingest_run_id, step_id)
);
create index ingest_step_runs_stage on ingest_step_runs_v1 (scope_id, stage, started_at desc);

create table ingest_scheduler_config_v1 (
  id integer not null primary key check (id = 1),
  enabled integer not null,
  run_at text not null,
  timezone text not null,
  scope text not null,
  run_on_startup integer not null,
  catch_up_missed integer not null,
  updated_at bigint not null
);

create table ingest_control_state_v1 (
  id integer not null primary key check (id = 1),
  paused integer not null,
  updated_at bigint not null
);

create table market_meta (
  key text not null primary key,
  value text not null,
  updated_at bigint not null
);

create table market_settings (
  key text not null primary key,
  value text not null,
  updated_at bigint not null
);

create table completeness_status_v2 (
  scope_id text not null,
  check_id text not null,
  entity_type text not null,
  entity_id text not null,
  bucket_id text not null,
  domain_id text,
  module_id text,
  asset_class text,
  as_of_trade_date text,
  status text not null,
  coverage_ratio double precision,
  source_run_id text,
  detail_json text,
  updated_at bigint not null,
  primary key (scope_id, check_id, entity_type, entity_id)
);
create index completeness_status_by_status on completeness_status_v2 (scope_id, status, updated_at desc);
create index completeness_status_by_bucket on completeness_status_v2 (scope_id, bucket_id, updated_at desc);

create table completeness_runs_v2 (
  id text not null primary key,
  scope_id text not null,
  status text not null,
  as_of_trade_date text,
  entity_count bigint not null,
  complete_count bigint not null,
  partial_count bigint not null,
  missing_count bigint not null,
  not_applicable_count bigint not null,
  not_started_count bigint not null,
  source_run_id text,
  error_message text,
  started_at bigint not null,
  finished_at bigint
);
create index completeness_runs_started on completeness_runs_v2 (started_at desc);

-- How many entities are in which state on a day. One check may serve several buckets, so the bucket is part of the key.
create table completeness_days_v1 (
  scope_id text not null,
  check_id text not null,
  bucket_id text not null,
  day text not null,
  status text not null,
  reason text not null default '',
  entities bigint not null,
  primary key (scope_id, check_id, bucket_id, day, status, reason)
);

-- Runs of days with the same state, an entity. The key begins with the entity because that is what people look up.
create table completeness_ranges_v1 (
  scope_id text not null,
  entity_id text not null,
  check_id text not null,
  from_day text not null,
  to_day text not null,
  status text not null,
  reason text not null default '',
  days bigint not null,
  primary key (scope_id, entity_id, check_id, from_day)
);

create table target_task_status (
  symbol text not null,
  module_id text not null,
  asset_class text,
  as_of_trade_date text,
  status text not null,
  coverage_ratio double precision,
  source_run_id text,
  last_error text,
  updated_at bigint not null,
  primary key (symbol, module_id)
);
create index target_task_status_symbol on target_task_status (symbol, updated_at desc);
create index target_task_status_module on target_task_status (module_id, status, updated_at desc);

create table target_materialization_runs (
  id text not null primary key,
  as_of_trade_date text,
  status text not null,
  symbol_count bigint not null,
  complete_count bigint not null,
  partial_count bigint not null,
  missing_count bigint not null,
  not_applicable_count bigint not null,
  source_run_id text,
  error_message text,
  started_at bigint not null,
  finished_at bigint
);

create table pool_leases (
  pool text not null primary key,
  owner text not null,
  acquired_at bigint not null,
  expires_at bigint not null
);

create table secrets (
  name text not null primary key,
  protected_value text not null,
  updated_at bigint not null
);
