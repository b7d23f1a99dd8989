create schema if not exists esimtools;

create table esimtools.schema_version (
    version integer primary key,
    applied timestamptz not null default clock_timestamp()
);

-- What this database is known by, and the check value of the key that identifiers are hidden behind.
create table esimtools.store (
    one boolean primary key default true check (one),
    id uuid not null default gen_random_uuid(),
    hash_check text
);
insert into esimtools.store default values;

-- A connection that writes. A session that holds the advisory lock (1163086157, id) is alive.
create table esimtools.part (
    id integer generated always as identity primary key,
    service text not null,
    host text not null,
    process integer not null,
    who text not null default session_user,
    begun timestamptz not null default clock_timestamp(),
    seen timestamptz not null default clock_timestamp(),
    archived boolean not null default false
);

-- The lines of the journal, as a folder would hold them. Ids are given under the lock of the service, so they are committed in their order.
create table esimtools.line (
    id bigint generated always as identity primary key,
    service text not null,
    part integer not null references esimtools.part,
    key text,
    token uuid not null unique,
    at timestamptz not null default clock_timestamp(),
    text text not null
);
create index line_by_service on esimtools.line (service, id);
create index line_by_key on esimtools.line (key, id) where key is not null;

create table esimtools.policy (
    one boolean primary key default true check (one),
    text text not null,
    who text not null default session_user,
    changed timestamptz not null default clock_timestamp()
);
