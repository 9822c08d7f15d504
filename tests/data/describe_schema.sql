-- Describes the schema of a SQLite file, a line a fact, whatever hand wrote its SQL: tables, columns, indexes, foreign keys,
-- checks and the names of constraints (MLflow's migrations find constraints by name).
--
-- mlflow-2.9-schema.txt is its answer for a store that MLflow 2.9.2 itself made:
--   sqlite3 -noheader store.db < describe_schema.sql > mlflow-2.9-schema.txt
WITH RECURSIVE
tables AS (
    SELECT name, sql FROM sqlite_schema WHERE type = 'table'
),
-- The text after each CONSTRAINT, and after each CHECK, of a table's SQL.
named(name, rest) AS (
    SELECT name, substr(sql, instr(sql, 'CONSTRAINT ') + 11) FROM tables WHERE instr(sql, 'CONSTRAINT ')
    UNION ALL
    SELECT name, substr(rest, instr(rest, 'CONSTRAINT ') + 11) FROM named WHERE instr(rest, 'CONSTRAINT ')
),
checked(name, rest) AS (
    SELECT name, substr(sql, instr(sql, 'CHECK (') + 7) FROM tables WHERE instr(sql, 'CHECK (')
    UNION ALL
    SELECT name, substr(rest, instr(rest, 'CHECK (') + 7) FROM checked WHERE instr(rest, 'CHECK (')
),
facts(name, part, place, fact) AS (
    SELECT tables.name, 1, columns.cid, printf(
        'column %s %s%s%s%s', columns.name, columns.type, iif(columns."notnull", ' not null', ''),
        coalesce(' default ' || columns.dflt_value, ''), iif(columns.pk, ' key ' || columns.pk, '')
    )
    FROM tables, pragma_table_info(tables.name) AS columns
    UNION ALL
    SELECT tables.name, 2, 0, printf(
        'index %s (%s)%s origin %s', iif(indexes.origin = 'c', indexes.name, 'automatic'),
        (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(indexes.name) ORDER BY seqno)),
        iif(indexes."unique", ' unique', ''), indexes.origin
    )
    FROM tables, pragma_index_list(tables.name) AS indexes
    UNION ALL
    SELECT tables.name, 3, keys.seq, printf(
        'foreign key %s references %s (%s) on update %s on delete %s', keys."from", keys."table", keys."to",
        lower(keys.on_update), lower(keys.on_delete)
    )
    FROM tables, pragma_foreign_key_list(tables.name) AS keys
    UNION ALL
    SELECT name, 4, 0, 'constraint ' || substr(rest, 1, min(instr(rest || ' ', ' '), instr(rest || char(10), char(10))) - 1) FROM named
    UNION ALL
    SELECT name, 5, 0, 'check ' || substr(rest, 1, instr(rest, ')')) FROM checked
)
SELECT name || ': ' || fact FROM facts ORDER BY name, part, place, fact;
