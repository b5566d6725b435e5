using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Yaml;
using Tidemark.DuckDb;
using Tidemark.Lake.Tables;

namespace Tidemark.Warehouse.Project;

/// <summary>
/// Asks DuckDB what columns each query gives, with empty tables in place of everything that is declared. So a misspelt
/// column is found before anything is built, and a table's schema does not depend on the lake's content.
/// </summary>
internal static class SchemaBinder
{
    public static List<WarehouseTable> Bind(
        IReadOnlyList<ParsedTable> ordered,
        IReadOnlyList<TableDefinition> sources,
        IReadOnlySet<string>? calendars,
        SqlAnalysis engine,
        YamlProblems problems
    )
    {
        var known = new HashSet<TableId>();
        var withDays = sources.Where(s => s.HasDays).Select(s => s.Id).ToHashSet();
        var withValidity = new HashSet<TableId>();
        foreach (var source in sources)
        {
            Define(source, engine);
            known.Add(source.Id);
        }

        var bound = new List<WarehouseTable>();
        foreach (var table in ordered)
        {
            // A table that reads a faulty table cannot be bound; report the first fault only.
            if (
                table.IsSound
                && table.Inputs.Keys.All(known.Contains)
                && BindOne(table, withDays, withValidity, calendars, engine, problems) is { } result
            )
            {
                Define(result.Definition, engine);
                known.Add(result.Id);
                if (result.HasDays)
                {
                    withDays.Add(result.Id);
                }
                else if (HasValidity(result.Definition))
                {
                    withValidity.Add(result.Id);
                }

                bound.Add(result);
            }
        }

        return bound;
    }

    private static WarehouseTable? BindOne(
        ParsedTable table,
        IReadOnlySet<TableId> withDays,
        IReadOnlySet<TableId> withValidity,
        IReadOnlySet<string>? calendars,
        SqlAnalysis engine,
        YamlProblems problems
    )
    {
        var (found, fault) = engine.Describe(table.SampleSql);
        var file = table.File;
        if (fault is { } f)
        {
            problems.Add(new YamlOrigin(file.Path, f.Line), f.Text);
            return null;
        }

        var before = problems.Items.Count;
        var hasDays = file.Header.HasDays;
        var day = found!.FirstOrDefault(c => c.Name == TableDefinition.DayColumn);
        CheckDay(file, day.Type, problems);
        var columns = Columns(file, found!, problems);
        CheckMonth(file, columns, problems);
        CheckNames(file, columns, hasDays, problems);
        var inputs = new InputReaches(table, withDays, withValidity, calendars, problems).Read();
        return problems.Items.Count > before
            ? null
            : new WarehouseTable
            {
                Definition = new TableDefinition(
                    file.Table,
                    columns,
                    file.Header.Key,
                    file.Partitioning,
                    file.Header.Description
                ),
                File = file.Path,
                Sql = file.Sql,
                Inputs = inputs,
                SelectsDay = day.Name is not null,
                IsByRange = file.Header.IsByRange,
                Calendar = file.Header.Calendar?.Text,
                DeclaredReach = file.Header.OldLine is null
                    ? string.Join(',', inputs.Select(i => $"{i.Table} {i.Reach}").Append(file.Header.Calendar?.Text))
                    : null,
            };
    }

    private static bool HasValidity(TableDefinition table) =>
        new[] { Reach.ValidFrom, Reach.ValidTo }.All(name =>
            table.Columns.Any(c => c.Name == name && c.Type == LakeType.Date)
        );

    private static void CheckDay(SqlFile file, string? type, YamlProblems problems)
    {
        if (type is null)
        {
            if (file.Header.IsByRange)
            {
                problems.Add(
                    new YamlOrigin(file.Path, 1),
                    "a query of 'mode: range' must give the column dt: it says to which day a row belongs"
                );
            }

            return;
        }

        if (!file.Header.HasDays)
        {
            problems.Add(
                new YamlOrigin(file.Path, 1),
                "the column dt is the name of a partition; a table with 'partition: none' needs another one"
            );
        }
        else if (type is not ("DATE" or "VARCHAR"))
        {
            problems.Add(new YamlOrigin(file.Path, 1), $"the column dt is {type}; it must be DATE or text");
        }
    }

    private static void CheckMonth(SqlFile file, IEnumerable<LakeColumn> columns, YamlProblems problems)
    {
        if (file.Partitioning == TablePartitioning.Month && columns.Any(c => c.Name == TablePartition.MonthColumn))
        {
            problems.Add(
                new YamlOrigin(file.Path, 1),
                "the column month is the partition, which the lake makes from the day: leave it out (SELECT * EXCLUDE (month)) or give it another name"
            );
        }
    }

    private static List<LakeColumn> Columns(
        SqlFile file,
        IReadOnlyList<(string Name, string Type)> found,
        YamlProblems problems
    )
    {
        var columns = new List<LakeColumn>();
        foreach (var (name, type) in found.Where(c => c.Name != TableDefinition.DayColumn))
        {
            if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                problems.Add(new YamlOrigin(file.Path, 1), $"give the column '{name}' a name: letters, digits and _");
                continue;
            }

            try
            {
                columns.Add(
                    new LakeColumn(
                        name,
                        LakeType.OfSql(type, name),
                        Nullable: !file.Header.Key.Contains(name),
                        file.Header.Units.TryGetValue(name, out var unit) ? unit.Text : null,
                        file.Header.Abouts.TryGetValue(name, out var about) ? about.Text : null
                    )
                );
            }
            catch (TidemarkException e)
            {
                problems.Add(new YamlOrigin(file.Path, 1), e.Message);
            }
        }

        return columns;
    }

    private static void CheckNames(SqlFile file, IReadOnlyList<LakeColumn> columns, bool hasDays, YamlProblems problems)
    {
        var names = columns.Select(c => c.Name).ToList();
        if (names.Count == 0)
        {
            problems.Add(new YamlOrigin(file.Path, 1), "the query gives no column beside dt");
            return;
        }

        foreach (var (column, said) in file.Header.Units.Concat(file.Header.Abouts).Where(u => !names.Contains(u.Key)))
        {
            problems.Add(
                new YamlOrigin(file.Path, said.Line),
                $"a unit or description for '{column}', which the query does not give{NearestName.Hint(column, names)}"
            );
        }

        foreach (var column in file.Header.Key.Where(k => !names.Contains(k)))
        {
            if (column == TableDefinition.DayColumn && hasDays)
            {
                problems.Add(
                    new YamlOrigin(file.Path, file.Header.KeyLine),
                    "the key names what identifies a row within its partition; leave dt out of it"
                );
                continue;
            }

            problems.Add(
                new YamlOrigin(file.Path, file.Header.KeyLine),
                $"the key column '{column}' is not among the query's columns{NearestName.Hint(column, names)}"
            );
        }
    }

    private static void Define(TableDefinition table, SqlAnalysis engine)
    {
        var columns = string.Join(
            ", ",
            table.AllColumns.Select(c => $"{DuckDbSql.Identifier(c.Name)} {c.Type.SqlName}")
        );
        var name = DuckDbSql.Identifier(table.Id.Layer, table.Id.Name);
        engine.Define(
            $"CREATE SCHEMA IF NOT EXISTS {DuckDbSql.Identifier(table.Id.Layer)}; CREATE OR REPLACE TABLE {name} ({columns})"
        );
        if (table.HasDays)
        {
            engine.Define(
                $"CREATE OR REPLACE MACRO {DuckDbSql.Identifier(table.Id.Layer, table.Id.Name + "_dt")}(day) AS TABLE "
                    + $"SELECT * FROM {name} WHERE dt = CAST(day AS DATE)"
            );
        }
    }
}
