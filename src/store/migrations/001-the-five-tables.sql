-- What came in. The same id again gets the same answer.
create table commands (
  id text primary key,
  incident integer,
  at timestamptz not null default now(),
  by_id text not null,
  what text not null,
  answer text not null
);

-- What was decided and seen. Append only; text, not jsonb: the hash is over these bytes.
create table incident_events (
  incident integer not null,
  version integer not null,
  at bigint not null,
  recorded_at timestamptz not null default now(),
  type text not null,
  by_id text not null,
  by_name text not null,
  command text not null,
  body text not null,
  body_hash text not null,
  hash text not null,
  primary key (incident, version)
);

-- One external call: queued -> calling -> settled | unknown. A row in calling is never taken over.
create table attempts (
  id text primary key,
  incident integer not null,
  run integer not null,
  step text not null,
  try integer not null,
  purpose text not null,
  uses text not null,
  input text not null,
  state text not null default 'queued' check (state in ('queued', 'calling', 'settled', 'unknown')),
  not_before timestamptz not null default now(),
  worker text,
  lease_until timestamptz,
  called_at timestamptz,
  settled_at timestamptz,
  progress text,
  stop_asked boolean not null default false,
  created_at timestamptz not null default now()
);
create index attempts_open on attempts (not_before) where state in ('queued', 'calling');

-- Slack and other repeatable work, in order within an incident.
create table effects (
  incident integer not null,
  seq bigint not null,
  key text not null,
  body text not null,
  created_at timestamptz not null default now(),
  done_at timestamptz,
  worker text,
  lease_until timestamptz,
  tries integer not null default 0,
  not_before timestamptz not null default now(),
  says text,
  primary key (incident, seq)
);
create index effects_open on effects (incident, seq) where done_at is null;

-- Rebuildable rows by which others find things. A lock is a unique row across incidents.
create table lookups (
  kind text not null,
  key text not null,
  incident integer not null,
  value text not null,
  due timestamptz,
  primary key (kind, key)
);
create index lookups_due on lookups (due) where due is not null;
