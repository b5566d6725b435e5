-- A lease is a lane's: its pools run one after the other, whoever started them. Leases of single pools are over; the first
-- lease of a lane has an epoch above theirs, because it is at least the seconds of the clock.

alter table pool_leases rename to lane_leases;
alter table lane_leases rename column pool to lane;
delete from lane_leases;
