using Tidemark.Definitions.Yaml;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>A SQL file that is one SELECT, with its references as they are written.</summary>
internal sealed record ParsedTable(SqlFile File, string SampleSql, IReadOnlyList<SqlReference> References)
{
    /// <summary>
    /// The tables that the references name, and whether each is read only through its macro with the partition's date;
    /// filled by <see cref="ReferenceRules"/>.
    /// </summary>
    public Dictionary<TableId, bool> Inputs { get; } = [];

    /// <summary>False after any fault of the file itself: then its columns are not asked for.</summary>
    public bool IsSound { get; set; } = true;

    public TableId Id => File.Table;

    public YamlOrigin At(long position) => new(File.Path, SqlAnalysis.LineAt(SampleSql, position));

    /// <summary>Parses a file; null (and a problem) when it is empty, several statements, or no SQL.</summary>
    public static ParsedTable? Parse(SqlFile file, SqlAnalysis engine, YamlProblems problems)
    {
        if (file.Header.HidesSql)
        {
            return null;
        }

        var sql = WarehouseTable.Render(file.Sql, SqlReferences.SampleDay, SqlReferences.SampleDay);
        var (statements, fault) = engine.Parse(sql);
        if (fault is { } found)
        {
            problems.Add(new YamlOrigin(file.Path, found.Line), found.Text);
            return null;
        }

        switch (statements!.Length)
        {
            case 0:
                problems.Add(new YamlOrigin(file.Path, 1), "the file is empty: it must hold one SELECT");
                return null;
            case > 1:
                problems.Add(
                    new YamlOrigin(file.Path, 1),
                    $"the file holds {statements.Length} statements; it must hold one SELECT"
                );
                return null;
            default:
                return new ParsedTable(file, sql, SqlReferences.Of(statements[0])) { IsSound = file.Header.IsReadable };
        }
    }
}
