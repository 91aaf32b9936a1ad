-- Why copying stopped stands where every reader's halt stands: in `consumer_offset`. A table of its own is not needed.

drop function take_copies;
drop function stop_copying;
drop table copy_stop;

-- Copies and the place in the topic move together, under the epoch of the topic's owner.
create function take_copies(p_authority text, p_service text, p_consumer text, p_topic text, p_epoch bigint, p_next_offset bigint,
                            p_positions bigint[], p_recorded timestamptz[], p_announced bigint[], p_children text[],
                            p_envelopes bytea[], p_payloads bytea[], p_announcements bytea[], p_hashes bytea[])
returns void language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '5s' as $$
declare
    v_last integer := cardinality(p_positions);
begin
    perform set_config('app.authority', p_authority, true);
    perform move_offset(p_authority, p_consumer, p_topic, p_epoch, p_next_offset, p_positions[v_last], p_hashes[v_last]);
    insert into copy (authority, service, position, recorded_at, announced, child_ref, envelope, payload, announcement, hash)
    select p_authority, p_service, c.*
    from unnest(p_positions, p_recorded, p_announced, p_children, p_envelopes, p_payloads, p_announcements, p_hashes) as c;
end $$;

revoke execute on function take_copies from public;
grant execute on function take_copies to pep_app;
