-- Entries that were never this subject's. One key serves all entries of a subject and class, so the key stays until the
-- subject is forgotten; who would open such an entry is told why it is not shown.

create table hidden_entries (
    authority text        not null check (authority <> ''),
    subject   text        not null,
    stream    text        not null,
    first     bigint      not null check (first > 0),
    last      bigint      not null,
    reason    text        not null check (reason <> ''),
    hidden_at timestamptz not null,
    primary key (authority, subject, stream, first, last),
    check (last >= first)
);
alter table hidden_entries enable row level security;
alter table hidden_entries force row level security;
create policy one_authority on hidden_entries using (authority = current_authority()) with check (authority = current_authority());

create function hide_entries(p_authority text, p_subject text, p_stream text, p_first bigint, p_last bigint, p_reason text,
                             p_at timestamptz)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    insert into hidden_entries values (p_authority, p_subject, p_stream, p_first, p_last, p_reason, p_at)
    on conflict do nothing;
end $$;

create function entries_hidden(p_authority text)
returns setof hidden_entries language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform set_config('app.authority', p_authority, true);
    return query select * from hidden_entries h where h.authority = p_authority;
end $$;

revoke execute on function hide_entries(text, text, text, bigint, bigint, text, timestamptz), entries_hidden(text) from public;
grant execute on function hide_entries(text, text, text, bigint, bigint, text, timestamptz), entries_hidden(text) to pep_app;
