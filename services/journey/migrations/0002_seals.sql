-- The newest seal of each journal. Whoever looks for journals to seal looks at all authorities.

create table journal_seal (
    authority text   not null check (authority <> ''),
    service   text   not null,
    position  bigint not null,
    sealed_on date   not null,
    primary key (authority, service)
);
select protect_read_model('journal_seal');
create policy read_all on journal_seal for select to pep_worker using (true);
