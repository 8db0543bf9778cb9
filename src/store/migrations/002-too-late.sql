-- A decision that a person was told is not taken must not be taken by a database that wakes up minutes later.
create function not_too_late(deadline_ms bigint) returns integer language plpgsql volatile as $$
begin
  if extract(epoch from clock_timestamp()) * 1000 > deadline_ms then
    raise exception 'too late: whoever asked has been told that it was not taken' using errcode = 'HR001';
  end if;
  return 1;
end
$$;
