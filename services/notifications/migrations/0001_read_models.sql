-- What can be looked up of messages. No address, no name: references only.

create table message (
    authority text not null check (authority <> ''),
    message_id text not null,
    template text not null,
    recipient text not null,
    child_ref text not null,
    about text not null,
    state text not null,
    requested_at timestamptz not null,
    changed_at timestamptz not null,
    correlation text not null,
    attempts bigint not null,
    reason text,
    primary key (authority, message_id)
);
create index message_open on message (requested_at) where state in ('waiting', 'underway');
select protect_read_model('message');

-- The sender looks for the open messages of all authorities at once.
create policy read_all on message for select to pep_worker using (true);
