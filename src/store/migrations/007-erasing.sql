-- Erased entries are looked for at every sweep (store/erase.ts): there are few of them among many events.
create index incident_events_erased on incident_events (incident, version) where type = 'entry_erased';
