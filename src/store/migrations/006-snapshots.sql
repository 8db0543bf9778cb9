-- What a namespace was like when an incident was declared, or (without an incident) in a night. Values that may be
-- secret are keyed hashes in it. A row without a body is one that somebody takes (worker, lease) or that could not be
-- taken (says).
create table snapshots (
  id bigint generated always as identity primary key,
  incident integer unique,
  namespace text not null,
  night text,
  worker text,
  lease_until timestamptz,
  tries integer not null default 0,
  not_before timestamptz not null default now(),
  says text,
  taken_at timestamptz,
  body text,
  unique (namespace, night)
);

-- The newest comparison that each incident asks for: the version of the event that asks, who makes it, how often it
-- was tried. Its base stays the same for good, so that what a later one finds is told from what an earlier one found.
create table comparisons (
  incident integer primary key,
  version integer not null,
  done boolean not null default false,
  worker text,
  lease_until timestamptz,
  tries integer not null default 0,
  not_before timestamptz not null default now(),
  base bigint references snapshots (id)
);

-- The keys of these hashes: a plain hash of a short value can be guessed. One for each namespace, so that any two
-- snapshots of it can be compared; without its row nobody can compare or guess anything any more.
create table snapshot_keys (
  namespace text primary key,
  key text not null
);
