-- Records that were given out: the pages of each are given only to who asked for it.

create table record_export (
    authority text not null check (authority <> ''),
    export_id text not null,
    child_ref text not null,
    by        text not null,
    primary key (authority, export_id)
);
select protect_read_model('record_export');
