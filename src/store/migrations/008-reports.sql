-- Reports as they were posted. `hash` is of everything before the last line, which says it too; `version` is the last
-- entry of the record that the report was made of.
create table reports (
  incident integer not null,
  version integer not null,
  profile text not null,
  status text not null,
  hash text not null,
  body text not null,
  kept_at timestamptz not null default now(),
  primary key (incident, hash)
);
