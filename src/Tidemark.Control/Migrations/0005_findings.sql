-- What disagrees and wants somebody's eye; it stands until what found it finds it no more.
create table findings (
  kind text not null,
  subject text not null,
  detail text not null,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  primary key (kind, subject)
);
