-- Begins a batch of an authority's read models, in one call: whose rows the transaction sees, that its commit does not wait for
-- the disk, and how far each read model is, locked. One that is new here begins at the beginning.
create function begin_projection(p_authority text, p_models text[]) returns table (model text, "position" bigint)
language plpgsql set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true), set_config('synchronous_commit', 'off', true);
    if (select count(*) from projection_position p where p.authority = p_authority and p.model = any (p_models))
       < cardinality(p_models) then
        insert into projection_position (authority, model)
        select p_authority, m from unnest(p_models) as m on conflict do nothing;
    end if;
    return query
        select p.model, p.position from projection_position p where p.authority = p_authority order by p.model for update;
end $$;

revoke execute on function begin_projection from public;
grant execute on function begin_projection to pep_worker;
