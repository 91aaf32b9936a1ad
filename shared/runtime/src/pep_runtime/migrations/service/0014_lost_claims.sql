-- Of the topics that a reader believes to be its own: those that somebody else has claimed since, and those whose place
-- lies before the one that it saved, because this database was put back to an earlier moment.
create function lost_claims(p_consumer text, p_authorities text[], p_topics text[], p_epochs bigint[], p_saved bigint[])
returns setof text language plpgsql security definer set search_path = public, pg_temp as $$
declare
    v_each record;
begin
    for v_each in
        select * from unnest(p_authorities, p_topics, p_epochs, p_saved) as n (authority, topic, epoch, saved)
    loop
        perform set_config('app.authority', v_each.authority, true);
        if not exists (select from consumer_offset o
                       where o.authority = v_each.authority and o.consumer = p_consumer and o.topic = v_each.topic
                         and o.epoch = v_each.epoch and o.last_number >= v_each.saved) then
            return next v_each.topic;
        end if;
    end loop;
end $$;
revoke execute on function lost_claims from public;
grant execute on function lost_claims to pep_app;
