-- Taking a lock over stops no call, so its row keeps those from whom it was taken (`under`, the last one first) until
-- their own change has ended. Whoever lets go gives it back to the first of them.

-- Everybody in a lock's row: its holder is number 0.
create function lock_holders(held jsonb, incident integer) returns table (n integer, entry jsonb)
language sql immutable as $$
  select 0, jsonb_build_object('incident', incident) || (held - array['under', 'from', 'freed'])
  union all
  select u.n::int, u.entry from jsonb_array_elements(coalesce(held -> 'under', '[]')) with ordinality as u (entry, n)
$$;

-- The row that these make, in this order; null when there is nobody.
create function lock_row(entries jsonb[]) returns jsonb language sql immutable as $$
  select case cardinality(entries) when 0 then null when 1 then entries[1]
    else entries[1] || jsonb_build_object('under', to_jsonb(entries[2:])) end
$$;

-- The row once these have let go.
create function lock_without(held jsonb, incident integer, holders text[]) returns jsonb language sql immutable as $$
  select lock_row(array(
    select h.entry from lock_holders(held, incident) h
    where coalesce(h.entry ->> 'holder', '') <> all (holders) order by h.n
  ))
$$;

-- The row once `wants` has taken it: null when somebody else's it stays. Who took it over and had not confirmed yet
-- has made no call, so nothing goes back to them.
create function lock_taken(held jsonb, incident integer, wants jsonb) returns jsonb language sql immutable as $$
  select case
    when coalesce(held ->> 'holder', '') in (wants ->> 'holder', wants ->> 'from')
      or coalesce(wants -> 'freed', '[]') ? coalesce(held ->> 'holder', '')
    then lock_row(array[wants - array['from', 'freed']] || array(
      select h.entry from lock_holders(held, incident) h
      where coalesce(h.entry ->> 'holder', '') <> wants ->> 'holder' and not h.entry ? 'waiting'
        and not coalesce(wants -> 'freed', '[]') ? coalesce(h.entry ->> 'holder', '')
      order by h.n
    )) end
$$;
