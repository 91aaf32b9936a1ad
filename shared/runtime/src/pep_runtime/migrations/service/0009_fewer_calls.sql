-- What used to take a call for each topic, or four for each request, takes one.

-- How far a consumer is in many topics in which nothing was wanted lately. The commit does not wait for the disk: what is
-- forgotten is read again and passed again. Gives the topics that it did not move: another owner reads them, or nothing is
-- taken there just now; whoever then asks for one of them alone is told which.
create function save_offsets(p_consumer text, p_authorities text[], p_topics text[], p_epochs bigint[], p_next_offsets bigint[],
                             p_numbers bigint[], p_hashes bytea[])
returns setof text language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '5s' as $$
declare
    v_each record;
begin
    perform set_config('synchronous_commit', 'off', true);
    for v_each in
        select * from unnest(p_authorities, p_topics, p_epochs, p_next_offsets, p_numbers, p_hashes)
            as n (authority, topic, epoch, next_offset, number, hash)
        order by n.authority, n.topic  -- two that save at once wait for each other in one order
    loop
        perform set_config('app.authority', v_each.authority, true);
        update consumer_offset o
        set next_offset = v_each.next_offset, last_number = v_each.number, last_hash = v_each.hash
        where o.authority = v_each.authority and o.consumer = p_consumer and o.topic = v_each.topic
          and o.epoch = v_each.epoch and o.last_number < v_each.number
          and exists (select from journal_head h
                      where h.authority = v_each.authority and h.log = 'journal' and h.frozen is null);
        if not found then
            return next v_each.topic;
        end if;
    end loop;
end $$;

-- Who somebody is here, for every request.
create function colleague_of(p_authority text, p_person_ref text)
returns table (role text, school_urn text, approval_limit_pence bigint)
language plpgsql set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    return query
        select c.role, c.school_urn, c.approval_limit_pence from colleague c
        where c.authority = p_authority and c.person_ref = p_person_ref;
end $$;

revoke execute on function save_offsets, colleague_of from public;
grant execute on function save_offsets, colleague_of to pep_app;
