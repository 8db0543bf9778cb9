-- A lock is written only when it is free, one's own, or taken over from the holder that was seen. A row that stays
-- somebody else's is not written at all, so the written ones are counted: all of them, or nothing happens.
create function every_lock(wanted bigint, written bigint) returns integer language plpgsql volatile as $$
begin
  if written < wanted then
    raise exception 'somebody else holds a lock' using errcode = 'HR002';
  end if;
  return 1;
end
$$;
