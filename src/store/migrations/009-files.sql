-- Files of Slack messages that are on a timeline, byte for byte. A row without content is one that somebody fetches
-- (worker, lease), or that cannot be had (says). `done`: what became of it is in the incident's record.
create table files (
  incident integer not null,
  entry text not null,
  file text not null,
  name text not null,
  mimetype text,
  worker text,
  lease_until timestamptz,
  tries integer not null default 0,
  not_before timestamptz not null default now(),
  says text,
  done boolean not null default false,
  bytes integer,
  sha256 text,
  content bytea,
  kept_at timestamptz,
  primary key (incident, entry, file)
);

-- Notes with files are looked for at every sweep (store/files.ts): there are few of them among many events. A person's
-- own words have every quotation mark behind a backslash.
create index incident_events_files on incident_events (incident, version)
  where type = 'note_added' and body like '%"files":[{%';
