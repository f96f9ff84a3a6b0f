"""The tables of the store's file.

In: nothing. Out: the statements that make a new file, and the numbers that mark it as ours.
"""

APPLICATION_ID = 0x434C4659
SCHEMA_VERSION = 1

TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE integrations (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    client_id TEXT NOT NULL UNIQUE,
    client_secret TEXT NOT NULL,
    password TEXT NOT NULL,
    grants TEXT NOT NULL
) WITHOUT ROWID;

-- Signals and items share their attributes, so they share a table. Items have no owner ('') and
-- no input (NULL, which the unique index never finds equal).
CREATE TABLE resources (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    integration TEXT NOT NULL,
    input TEXT,
    item TEXT REFERENCES resources (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    value_type TEXT NOT NULL,
    source_type TEXT NOT NULL,
    eng_unit TEXT NOT NULL,
    sample_interval INTEGER,
    gap_detection INTEGER,
    visible INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    attributes_hash TEXT NOT NULL,
    annotations TEXT NOT NULL
);
CREATE UNIQUE INDEX resources_by_input ON resources (integration, input);
CREATE INDEX resources_by_item ON resources (item);
CREATE INDEX resources_in_order ON resources (kind, integration, id);
CREATE INDEX resources_by_name ON resources (kind, integration, name, id);

-- What filters look into; the resource's own row keeps the maps as they are shown.
CREATE TABLE labels (
    resource TEXT NOT NULL REFERENCES resources (id), key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (resource, key, value)
) WITHOUT ROWID;
CREATE INDEX labels_by_value ON labels (key, value, resource);
CREATE TABLE annotations (
    resource TEXT NOT NULL REFERENCES resources (id), key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (resource, key)
) WITHOUT ROWID;
CREATE INDEX annotations_by_value ON annotations (key, value, resource);

-- Without a reference to resources, which would be looked up for every one of a million samples.
CREATE TABLE samples (
    signal TEXT NOT NULL,
    time INTEGER NOT NULL, value REAL NOT NULL, readable_at INTEGER NOT NULL,
    PRIMARY KEY (signal, time)
) WITHOUT ROWID;

CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT NOT NULL,
    method TEXT NOT NULL,
    integration TEXT NOT NULL,
    key TEXT NOT NULL,
    resource TEXT NOT NULL,
    effect TEXT NOT NULL,
    before_hash TEXT NOT NULL,
    after_hash TEXT NOT NULL,
    error TEXT NOT NULL
);
"""
