-- What settings were before somebody changed them. A change and its line here are one transaction.

create table settings_history_v1 (
  key text not null,
  change bigint not null,
  value_before text,
  value_after text not null,
  changed_by text not null,
  changed_at bigint not null,
  primary key (key, change)
);
