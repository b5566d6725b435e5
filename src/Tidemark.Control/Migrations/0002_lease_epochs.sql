-- A lease's row outlives the lease, and with it the number of the last one: see docs/adr, "A stale writer commits nothing".
-- Moments here are the database's own time, not a client's.

alter table pool_leases add column epoch bigint not null default 0;

-- 1 = its holder gave it back; 0 with a moment that has passed = he did not, and whoever takes it has to fence him off.
alter table pool_leases add column released integer not null default 0;

-- One row: who this database is, in the logs of the tables that its runs write. Made at the first use, by the program.
create table control_identity (
  one integer not null primary key check (one = 1),
  id text not null
);
