-- Whose record was asked to be forgotten, and which cases hold it. Whoever destroys keys looks at all authorities.

create table record_keeping (
    authority    text not null,
    child_ref    text not null,
    stage        text not null,
    basis        text not null,
    asked_by     text not null,
    asked_on     date not null,
    stream       text,
    first        bigint,
    last         bigint,
    approved_by  text,
    approved_on  date,
    forgotten_on date,
    primary key (authority, child_ref)
);
create index on record_keeping (stage) where stage = 'approved';
select protect_read_model('record_keeping');
create policy read_all on record_keeping for select to pep_worker using (true);

create table legal_hold (
    authority text not null,
    child_ref text not null,
    case_ref  text not null,
    since     date not null,
    by        text not null,
    primary key (authority, child_ref, case_ref)
);
select protect_read_model('legal_hold');
