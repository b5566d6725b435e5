using System.Globalization;
using Tidemark.DuckDb;

namespace Tidemark.Simulator.Tushare;

/// <summary>
/// Checks recorded rows while they are loaded: a day or a code that is spelled differently from the vendor's would
/// match no request, and the recording would look empty.
/// </summary>
internal sealed class ReplayChecks(DuckDbConnection connection, string raw, string file, string api, TushareApi? known)
{
    private const string CodeColumn = "ts_code";
    private const int ShownLength = 40;

    private const string DayPattern = "(1[89]|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])";

    /// <summary>
    /// Checks that every column has a name, and no two the same. (The first may have none: some tables are written with
    /// row numbers.)
    /// </summary>
    public static void EnsureHeader(string file, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            throw ReplayFaults.Of(file, "is empty: its first line should name the columns");
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < names.Count; i++)
        {
            if (names[i].Length == 0 && i > 0)
            {
                throw ReplayFaults.Of(file, $"has no name for column {i + 1} in line 1");
            }

            if (!seen.Add(names[i]))
            {
                throw ReplayFaults.Of(file, $"has the column '{names[i]}' twice in line 1");
            }
        }
    }

    /// <summary>
    /// Checks that the columns by which requests choose rows are there: without the day's column, every day would have
    /// all rows.
    /// </summary>
    public void EnsureKeys(IEnumerable<string> recorded)
    {
        var names = recorded.ToArray();
        foreach (var key in Keys())
        {
            if (!names.Contains(key, StringComparer.Ordinal))
            {
                var near = names.FirstOrDefault(n => n.Trim().Equals(key, StringComparison.OrdinalIgnoreCase));
                var hint = near is null ? "" : $" (it has '{near}')";
                throw ReplayFaults.Of(file, $"has no column '{key}'{hint}, by which rows of {api} are asked for");
            }
        }
    }

    /// <summary>Checks that values are spelled as the vendor spells them.</summary>
    public void EnsureValues(IReadOnlyDictionary<string, LogicalKind> recorded, IReadOnlyList<TushareColumn> columns)
    {
        foreach (var column in columns.Where(c => recorded.ContainsKey(c.Name)))
        {
            var name = DuckDbSql.Identifier(column.Name);
            var text = $"CAST({name} AS VARCHAR)";
            var isText = recorded[column.Name] == LogicalKind.Varchar;
            if (IsDay(column.Name) && recorded[column.Name] != LogicalKind.Date)
            {
                Ensure(
                    column.Name,
                    $"NOT regexp_full_match({text}, '{DayPattern}') OR try_strptime({text}, '%Y%m%d') IS NULL",
                    "which is no day as the vendor writes it, like 20220601"
                );
            }
            else if (column.Name == CodeColumn)
            {
                Ensure(column.Name, $"{text} <> trim({text})", "with blanks around it");
                if (known is not null)
                {
                    Ensure(
                        column.Name,
                        $"regexp_matches({text}, '^[0-9]{{1,5}}[.](SH|SZ|BJ)$')",
                        "whose zeros are lost: six digits, then the exchange, like 000001.SZ"
                    );
                }
            }
            else if (isText && column.Type is TushareType.Number or TushareType.Integer)
            {
                var type = column.Type == TushareType.Number ? "DOUBLE" : "BIGINT";
                Ensure(
                    column.Name,
                    $"try_cast({name} AS {type}) IS NULL OR NOT isfinite(try_cast({name} AS DOUBLE))",
                    "which is no number; leave it empty where there is none"
                );
            }
        }
    }

    private IEnumerable<string> Keys()
    {
        if (known is null)
        {
            yield break;
        }

        if (known.Columns.Any(c => c.Name == CodeColumn))
        {
            yield return CodeColumn;
        }

        if (known.DateColumn is { } date)
        {
            yield return date;
        }
    }

    // The vendor writes all of these as YYYYMMDD; columns of months and moments have other names.
    private static bool IsDay(string column) => column == "date" || column.EndsWith("_date", StringComparison.Ordinal);

    private void Ensure(string column, string isWrong, string what)
    {
        var name = DuckDbSql.Identifier(column);
        using var found = connection.Query(
            $"SELECT rowid, CAST({name} AS VARCHAR) FROM {raw} WHERE {name} IS NOT NULL AND ({isWrong}) ORDER BY rowid LIMIT 1"
        );
        if (found.Rows().FirstOrDefault() is { } row)
        {
            var value = (string)row[1]!;
            var shown = value.Length > ShownLength ? $"{value[..ShownLength]}…" : value;
            throw ReplayFaults.Of(
                file,
                Convert.ToInt64(row[0], CultureInfo.InvariantCulture),
                column,
                $"is '{shown}', {what}"
            );
        }
    }
}
