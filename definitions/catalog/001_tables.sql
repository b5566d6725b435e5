-- What is in the lake, one row a table: the version that this catalog shows and what it holds.
CREATE VIEW catalog_meta.tables AS
SELECT
    split_part(table_name, '.', 1) AS layer,
    table_name,
    version,
    committed_at,
    row_count,
    files,
    bytes
FROM catalog_meta.table_versions
ORDER BY table_name;
