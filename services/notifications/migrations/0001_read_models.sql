-- What can be looked up of messages and of the people they are for. No address, no name: references only.

create table message (
    authority text not null,
    message_id text not null,
    template text not null,
    recipient text not null,
    child_ref text not null,
    about text not null,
    state text not null,
    requested_at timestamptz not null,
    changed_at timestamptz not null,
    attempts integer not null,
    reason text,
    primary key (authority, message_id)
);
create index message_to_send on message (authority, requested_at) where state in ('waiting', 'underway');

create table colleague (
    authority text not null,
    person_ref text not null,
    role text not null,
    school_urn text,
    approval_limit_pence bigint not null,
    primary key (authority, person_ref)
);

select protect_read_model('message');
select protect_read_model('colleague');
