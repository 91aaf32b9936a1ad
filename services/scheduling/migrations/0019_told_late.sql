-- Whether somebody who was invited or approved later than the others was told with short notice.
alter table meeting_invitee
    add column late_notice boolean not null default false;
