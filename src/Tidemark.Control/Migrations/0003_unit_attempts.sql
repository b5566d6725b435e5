-- Units that were tried and are not whole: what is planned again, and when. A unit that became whole has no row.

create table unit_attempts (
  unit text not null primary key,
  attempts bigint not null,
  step bigint not null,
  last_at bigint not null,
  next_at bigint,
  state text not null,
  reason text not null
);
create index unit_attempts_state on unit_attempts (state, next_at);
