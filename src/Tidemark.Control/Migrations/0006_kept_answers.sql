-- Answers that can be made again, each with what it was made from (basis) and a hash of both. Any row may be deleted.
create table kept_answers (
  question text not null primary key,
  basis text not null,
  answer text not null,
  hash text not null,
  updated_at bigint not null
);
