-- The keys of many subjects in one call, for a list that shows a name of each: none is made.
create function keys_of_many(p_authority text, p_subjects text[], p_classes text[])
returns table (subject text, data_class text, wrapped bytea, destroyed_at timestamptz, reason text)
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    return query select k.subject, k.data_class, k.wrapped, k.destroyed_at, k.reason
                 from unnest(p_subjects, p_classes) as asked (subject, data_class)
                 join subject_key k on k.authority = p_authority and k.subject = asked.subject
                                   and k.data_class = asked.data_class;
end $$;

revoke execute on function keys_of_many(text, text[], text[]) from public;
grant execute on function keys_of_many(text, text[], text[]) to pep_app;
