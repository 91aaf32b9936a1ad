-- What funding shows. Every table can be dropped and folded again from the journal.

create table claim_overview (
    authority       text    not null,
    plan_id         text    not null,
    child_ref       text    not null,
    plan_version    bigint  not null,
    completed_on    date    not null,
    school_year     bigint  not null,
    term            text    not null,
    financial_year  text    not null,
    standing        text    not null,
    requested_pence bigint  not null check (requested_pence >= 0),
    approved_pence  bigint  not null check (approved_pence >= 0),
    released_pence  bigint  not null check (released_pence >= 0),
    primary key (authority, plan_id)
);
select protect_read_model('claim_overview');

create table claim_line (
    authority  text   not null,
    plan_id    text   not null,
    line_id    text   not null,
    child_ref  text   not null,
    category   text   not null,
    quantity   bigint not null,
    unit_pence bigint not null,
    line_pence bigint not null,
    standing   text   not null,
    rule       text,
    reason     text,
    decided_by text,
    decided_on date,
    run_id     text,
    payee_urn  text,
    primary key (authority, plan_id, line_id)
);
create index claim_line_standing on claim_line (authority, standing, plan_id, line_id);
select protect_read_model('claim_line');

create table term_envelope (
    authority       text   not null,
    stream          text   not null,
    financial_year  text   not null,
    term            text   not null,
    amount_pence    bigint not null,
    committed_pence bigint not null check (committed_pence >= 0),
    primary key (authority, stream)
);
select protect_read_model('term_envelope');

create table release_run (
    authority   text   not null,
    run_id      text   not null,
    made_on     date   not null,
    relied_on   text[] not null,
    left_out    text[] not null,
    file_name   text,
    line_count  bigint not null,
    total_pence bigint not null,
    sha256      text,
    taken_by    text[] not null,
    primary key (authority, run_id)
);
select protect_read_model('release_run');

create table payee (
    authority text not null,
    urn       text not null,
    ukprn     text,
    laestab   text,
    primary key (authority, urn)
);
select protect_read_model('payee');

create table child_schools (
    authority   text   not null,
    child_ref   text   not null,
    school_urns text[] not null,
    primary key (authority, child_ref)
);
select protect_read_model('child_schools');
