-- What each lane does and is asked to do, by any process. The table was never written before. Who may write a lane is
-- told by its lease and not here; alive_until is the database's own time.

drop table ingest_control_state_v1;

create table ingest_control_state_v1 (
  lane text not null primary key,
  state text not null,
  paused integer not null default 0,
  paused_by text,
  paused_at bigint,
  cancel_requested integer not null default 0,
  job_id text,
  job_owner text,
  job_pool text,
  job_mode text,
  job_source text,
  job_started_at bigint,
  alive_until bigint not null default 0,
  updated_at bigint not null
);

-- Since when its moments are what they are: another scope, say, moves none.
alter table ingest_scheduler_config_v1 add column effective_at bigint not null default 0;

-- Which moments of a schedule were taken up, and what came of them. One row a moment: of several processes that wait
-- for it, the one that writes the row runs it.
create table schedule_fires_v1 (
  schedule text not null,
  due_at bigint not null,
  status text not null,
  source text not null,
  owner text not null,
  detail text,
  fired_at bigint not null,
  alive_until bigint not null,
  finished_at bigint,
  primary key (schedule, due_at)
);
