-- What is granted to somebody by name stands beside the role: `auditor until 2026-12-31`, `restricted_records`.
alter table colleague add column granted text[] not null default '{}';

drop function colleague_of;
create function colleague_of(p_authority text, p_person_ref text)
returns table (role text, school_urn text, approval_limit_pence bigint, granted text[])
language plpgsql set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    return query
        select c.role, c.school_urn, c.approval_limit_pence, c.granted from colleague c
        where c.authority = p_authority and c.person_ref = p_person_ref;
end $$;
revoke execute on function colleague_of from public;
grant execute on function colleague_of to pep_app;
