-- From what the results of a check were made: whoever reads them compares it with the tables' present versions.
create table completeness_basis_v1 (
  scope_id text not null,
  check_id text not null,
  evaluation_id text not null,
  fingerprint text not null,
  entities text not null,
  is_started integer not null,
  from_day text not null,
  to_day text not null,
  evaluated_at bigint not null,
  primary key (scope_id, check_id)
);

create table completeness_basis_tables_v1 (
  scope_id text not null,
  check_id text not null,
  dataset_id text not null,
  table_id text,
  version bigint not null,
  commit_id text,
  primary key (scope_id, check_id, dataset_id)
);

create index completeness_ranges_by_check on completeness_ranges_v1 (scope_id, check_id, status);
