using Tidemark.Core.Files;
using Tidemark.DuckDb;

namespace Tidemark.Simulator.Tushare;

/// <summary>Reads one recorded file into a table of texts, 64-bit integers and doubles, newest rows first.</summary>
internal static class ReplayLoader
{
    /// <summary>
    /// The columns that <c>start_date</c> and <c>end_date</c> may bound in an API that the table of APIs lacks, the
    /// likeliest first.
    /// </summary>
    private static readonly string[] s_dateColumns =
    [
        "trade_date",
        "cal_date",
        "date",
        "trade_time",
        "ann_date",
        "nav_date",
        "end_date",
    ];

    private const string Unnamed = "column without a name";
    private const string Items = "\"items of an answer\"";

    public static ReplayTable Load(DuckDbConnection connection, string api, string file)
    {
        if (DataFile.IsPipeOrDevice(file))
        {
            throw ReplayFaults.Of(file, "is a pipe or a device, no file");
        }

        var literal = DuckDbSql.Literal(file);
        var reader =
            file.EndsWith(".parquet", StringComparison.Ordinal) ? $"read_parquet({literal})"
            : file.EndsWith(".json", StringComparison.Ordinal) ? JsonReader(connection, literal)
            : CsvReader(file, literal);
        var raw = DuckDbSql.Identifier($"raw {api}");
        connection.Execute($"CREATE TEMP TABLE {raw} AS SELECT * FROM {reader}");
        var known = TushareApis.Find(api);
        var checks = new ReplayChecks(connection, raw, file, api, known);
        checks.EnsureKeys(Describe(connection, raw).Keys);
        AddDefaults(connection, raw, known);
        var recorded = Describe(connection, raw);
        var isTyped =
            !file.EndsWith(".csv", StringComparison.Ordinal) && !file.EndsWith(".gz", StringComparison.Ordinal);
        var columns = Columns(connection, raw, recorded, known, isTyped);
        checks.EnsureValues(recorded, columns);
        var dateColumn =
            known?.DateColumn ?? (known is null ? s_dateColumns.FirstOrDefault(recorded.ContainsKey) : null);
        if (dateColumn is not null && !recorded.ContainsKey(dateColumn))
        {
            dateColumn = null;
        }

        var table = DuckDbSql.Identifier($"replay {api}");
        var projection = columns
            .Where(c => recorded.ContainsKey(c.Name))
            .Select(c => $"{Expression(c, recorded[c.Name])} AS {DuckDbSql.Identifier(c.Name)}");
        connection.Execute(
            $"CREATE TEMP TABLE {table} AS SELECT {string.Join(", ", projection)} FROM {raw}{Order(recorded, dateColumn)}"
        );
        connection.Execute($"DROP TABLE {raw}; DROP TABLE IF EXISTS {Items}");
        var definition = new TushareApi
        {
            Name = api,
            Columns = columns,
            RowCap = known?.RowCap ?? ReplayTable.RowCapByDefault,
            DateColumn = dateColumn,
            Range = known?.Range ?? ("start_date", "end_date"),
            Filters = known?.Filters ?? [],
            Defaults = known?.Defaults ?? new Dictionary<string, string>(),
            RequiresOneOf = known?.RequiresOneOf ?? [],
            Requires = known?.Requires ?? [],
            MissingText = known?.MissingText,
            ShoutsByDefault = known?.ShoutsByDefault ?? false,
        };
        return new ReplayTable(connection, definition, table, [.. recorded.Keys]);
    }

    /// <summary>
    /// Reads every column as text, by the names of the first line: a sniffer would turn codes into numbers and lose
    /// their zeros, and would take a line that is too long for the beginning of the data.
    /// </summary>
    private static string CsvReader(string file, string literal)
    {
        var names = ReplayCsv.Header(file);
        ReplayChecks.EnsureHeader(file, names);
        var columns = string.Join(", ", names.Select(n => $"{DuckDbSql.Literal(Named(n))}: 'VARCHAR'"));
        var reader =
            $"read_csv({literal}, columns = {{{columns}}}, auto_detect = false, header = true, nullstr = '', delim = ',', "
            + "quote = '\"', escape = '\"', null_padding = false, ignore_errors = false, strict_mode = true)";

        // Row numbers in the file are not a column of the vendor.
        return names[0].Length > 0 ? reader : $"(SELECT * EXCLUDE ({DuckDbSql.Identifier(Unnamed)}) FROM {reader})";
    }

    private static string Named(string name) => name.Length == 0 ? Unnamed : name;

    /// <summary>
    /// Reads rows as objects, or an answer as the vendor sends it, with rows under <c>data.items</c>.
    /// </summary>
    private static string JsonReader(DuckDbConnection connection, string literal)
    {
        using var sample = connection.Query($"SELECT * FROM read_json_auto({literal}) LIMIT 0");
        var data = sample.Columns.FirstOrDefault(c => c.Name == "data")?.Type;
        if (data?.Kind != LogicalKind.Struct || !data.MemberNames.Contains("items"))
        {
            return $"read_json_auto({literal})";
        }

        var answer =
            $"read_json({literal}, columns = {{data: 'STRUCT(\"fields\" VARCHAR[], \"items\" JSON[][])'}}, maximum_object_size = 268435456)";
        connection.Execute($"CREATE OR REPLACE TEMP TABLE {Items} AS SELECT unnest(data.items) AS item FROM {answer}");
        using var named = connection.Query($"SELECT unnest(data.fields) FROM {answer}");
        var names = named.Rows().Select(r => (string)r[0]!).ToArray();

        // A column is numeric when all its values are numbers: a text stays a text.
        var kinds = names.Select(
            (_, i) =>
                $"coalesce(bool_and(json_type(item[{i + 1}]) IN ('DOUBLE', 'BIGINT', 'UBIGINT', 'HUGEINT')) FILTER (json_type(item[{i + 1}]) <> 'NULL'), false)"
        );
        using var areNumbers = connection.Query($"SELECT {string.Join(", ", kinds)} FROM {Items}");
        var columns = areNumbers
            .Rows()
            .Single()
            .Select(
                (isNumber, i) =>
                    (isNumber is true ? $"CAST(item[{i + 1}] ->> '$' AS DOUBLE)" : $"item[{i + 1}] ->> '$'")
                    + $" AS {DuckDbSql.Identifier(names[i])}"
            );
        return $"(SELECT {string.Join(", ", columns)} FROM {Items})";
    }

    /// <summary>
    /// Adds columns like list_status, which the vendor leaves out unless they are requested. A recording without one
    /// was made with the parameter's default.
    /// </summary>
    private static void AddDefaults(DuckDbConnection connection, string raw, TushareApi? known)
    {
        var recorded = Describe(connection, raw);
        foreach (var (name, value) in known?.Defaults ?? new Dictionary<string, string>())
        {
            if (!recorded.ContainsKey(name) && known!.Columns.Any(c => c.Name == name))
            {
                var column = DuckDbSql.Identifier(name);
                connection.Execute($"ALTER TABLE {raw} ADD COLUMN {column} VARCHAR DEFAULT {DuckDbSql.Literal(value)}");
            }
        }
    }

    private static Dictionary<string, LogicalKind> Describe(DuckDbConnection connection, string raw)
    {
        using var result = connection.Query($"SELECT * FROM {raw} LIMIT 0");
        return result.Columns.ToDictionary(c => c.Name, c => c.Type.Kind);
    }

    /// <summary>
    /// The vendor's columns in the order of the table of APIs, then those that only the recording has.
    /// </summary>
    private static List<TushareColumn> Columns(
        DuckDbConnection connection,
        string raw,
        Dictionary<string, LogicalKind> recorded,
        TushareApi? known,
        bool isTyped
    )
    {
        var columns = new List<TushareColumn>(known?.Columns ?? []);
        var names = columns.Select(c => c.Name).ToHashSet();
        foreach (var (name, kind) in recorded)
        {
            if (!names.Contains(name))
            {
                columns.Add(new TushareColumn(name, Type(connection, raw, name, kind, isTyped)));
            }
        }

        return columns;
    }

    private static TushareType Type(
        DuckDbConnection connection,
        string raw,
        string name,
        LogicalKind kind,
        bool isTyped
    )
    {
        switch (kind)
        {
            case LogicalKind.Varchar when isTyped:
                return TushareType.Text; // the file says so: no guess
            case LogicalKind.Double or LogicalKind.Float or LogicalKind.Decimal:
                return TushareType.Number;
            case >= LogicalKind.TinyInt and <= LogicalKind.UBigInt or LogicalKind.HugeInt:
                return TushareType.Integer;
            case not LogicalKind.Varchar:
                return TushareType.Text;
        }

        // A number, unless a value is not a number, has a leading zero (a code), or is eight digits that are a day.
        var column = DuckDbSql.Identifier(name);
        var isNumber = connection.Scalar(
            $"""
            SELECT coalesce(bool_and(try_cast({column} AS DOUBLE) IS NOT NULL
                AND NOT regexp_full_match({column}, '0[0-9]+')
                AND NOT regexp_full_match({column}, '(19|20)[0-9]{"{2}"}(0[1-9]|1[0-2])([0-3][0-9])?')), false)
            FROM {raw} WHERE {column} IS NOT NULL
            """
        );
        return isNumber is true ? TushareType.Number : TushareType.Text;
    }

    private static string Expression(TushareColumn column, LogicalKind kind)
    {
        var name = DuckDbSql.Identifier(column.Name);
        return column.Type switch
        {
            TushareType.Number => $"CAST({name} AS DOUBLE)",
            TushareType.Integer => $"CAST({name} AS BIGINT)",
            _ when kind == LogicalKind.Date => $"strftime({name}, '%Y%m%d')",
            _ => $"CAST({name} AS VARCHAR)",
        };
    }

    /// <summary>Sorted once, so that a page is one run of rows and no request has to sort.</summary>
    private static string Order(Dictionary<string, LogicalKind> recorded, string? dateColumn)
    {
        var keys = new List<string>();
        if (dateColumn is not null)
        {
            keys.Add($"{DuckDbSql.Identifier(dateColumn)} DESC");
        }

        if (recorded.ContainsKey("ts_code"))
        {
            keys.Add("\"ts_code\"");
        }

        return keys.Count == 0 ? "" : $" ORDER BY {string.Join(", ", keys)}";
    }
}
