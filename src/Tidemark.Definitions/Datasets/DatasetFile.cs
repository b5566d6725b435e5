using System.Text.RegularExpressions;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>
/// One file of <c>definitions/datasets</c>: read, defaults filled in, and checked as far as one file can be.
/// </summary>
internal static partial class DatasetFile
{
    /// <summary>The lake adds this one to every table: a dataset cannot have it.</summary>
    private const string DayColumn = "dt";
    private const string MonthWord = "month";

    // By name as the partition column has it, as in the header of a warehouse table.
    private static readonly Dictionary<string, bool> s_partitions = new() { [DayColumn] = false, [MonthWord] = true };

    /// <summary>What is published of a quarter or a year may be due months after its end.</summary>
    internal const int DaysLaterMax = 183;

    private static readonly TimeSpan s_graceDefault = TimeSpan.FromHours(2);

    /// <summary>
    /// The dataset as far as it can be read; only to be used when <paramref name="problems"/> stays empty.
    /// </summary>
    public static DatasetDefinition Read(string file, string text, CalendarNames calendars, YamlProblems problems)
    {
        var root = YamlSection.Parse(file, text, problems);
        var id = root.RequiredText("dataset");
        var available = root.Section("available");
        var request = root.Section("request");
        var key = DatasetFacts.Key(root);
        var grain = root.RequiredWord<UnitGrain>("grain");
        var isEmptyOrdinary = root.Bool("empty_is_ordinary", fallback: false);
        var dataset = new DatasetDefinition
        {
            Id = id,
            Title = root.RequiredText("title"),
            TitleZh = root.Text("title_zh"),
            Batch = DatasetFacts.Batch(root),
            Flag = DatasetFacts.Flag(root),
            Needs = DatasetFacts.Needs(root),
            History = root.Date("history"),
            IsStandby = root.Bool("standby", fallback: false),
            Retired = DatasetFacts.Retired(root),
            Vendor = id.Split('.')[0],
            Api = root.RequiredText("api"),
            Table = root.RequiredText("table"),
            IsKeptByMonth = root.Word("partition", s_partitions, fallback: false),
            Module = root.RequiredText("module"),
            Bucket = root.RequiredWord<Bucket>("bucket"),
            Grain = grain,
            Expected = ExpectedRule.Of(root, grain, isEmptyOrdinary),
            Per = GrainRules.Length(root, grain),
            Part = GrainRules.Part(root, grain, key),
            IsWeekly = GrainRules.IsWeekly(root, grain),
            Accumulates = GrainRules.Accumulates(root, grain, key),
            Calendar = root.RequiredText("calendar"),
            AvailableAt = available.RequiredTime("at"),
            Grace = available.Duration("grace", s_graceDefault),
            AvailableDaysLater = available.Int("days_later", 0, min: 0, max: DaysLaterMax),
            Parameters = request.TextMap("params"),
            FanOut = request.TextListMap("fan_out"),
            RowCap = request.RequiredInt("row_cap", min: 1),
            Limit = Limit(request),
            UsualRows = request.Has("rows") ? request.RequiredInt("rows", min: 1) : null,
            RowsADay = request.Has("rows_a_day") ? request.RequiredInt("rows_a_day", min: 1) : null,
            SendsAllDays = request.Bool("all_days", fallback: false),
            DateColumn = root.Text("date_column"),
            PeriodColumn = root.Text("period_column"),
            EmptyIsOrdinary = isEmptyOrdinary,
            Key = key,
            Columns = Columns(root, key),
        };
        dataset = dataset with
        {
            UnitProof = TrustRules.UnitProof(root, dataset.Columns),
            Drift = TrustRules.Drift(root, dataset.Vendor),
            Rules = TrustRules.Rules(root, dataset.Columns),
            RowCount = TrustRules.RowCount(root, dataset),
        };
        dataset = dataset with { Canaries = CanaryRules.Of(root, dataset), Tags = TagRules.Of(root, dataset) };
        dataset = dataset with { BySymbol = AxisRules.BySymbol(root, dataset) };
        CheckNames(root, dataset, file, calendars);
        CheckMonth(root, dataset);
        CheckRequest(request, dataset);
        CheckKey(root, dataset);
        GrainRules.CheckProof(root, dataset);
        CheckGiven(root, dataset);
        root.RejectUnknownKeys(DatasetKeys.Table);
        return dataset;
    }

    private static List<ColumnDefinition> Columns(YamlSection root, IReadOnlyList<string> key)
    {
        var columns = new List<ColumnDefinition>();
        foreach (var (name, section) in root.SectionMap("columns"))
        {
            var isOptional = section.Bool("optional", fallback: false);
            var isNullable = section.Bool("nullable", !key.Contains(name));
            var since = section.Date("since");
            if ((isOptional || since is not null) && !isNullable)
            {
                section.Problem(
                    isOptional ? "optional" : "since",
                    "columns may be absent and are then null, so they cannot be in the key or 'nullable: false'"
                );
            }

            if (!ColumnName().IsMatch(name))
            {
                root.Problem("columns", $"names '{name}', expected small letters, digits and _");
            }
            else if (name == DayColumn)
            {
                root.Problem(
                    "columns",
                    $"names '{name}', which is the lake's own column; give it another name and 'field: {name}'"
                );
            }

            columns.Add(
                new ColumnDefinition(
                    name,
                    section.RequiredWord<ColumnKind>("type"),
                    section.Text("unit"),
                    isNullable,
                    section.Text("field"),
                    section.Text("about"),
                    isOptional,
                    since,
                    section.Text("zh"),
                    Alias: section.Text("alias")
                )
            );
        }

        if (columns.Count == 0)
        {
            root.Problem("columns", "must name at least one");
        }

        foreach (
            var twice in columns
                .SelectMany(column => column.Fields, (column, field) => (Column: column, Field: field))
                .GroupBy(name => name.Field, name => name.Column)
                .Where(group => group.Count() > 1 && !IsMoment(group))
        )
        {
            root.Problem("columns", $"reads the vendor's field '{twice.Key}' into more than one column");
        }

        return columns;
    }

    // A moment and its day in Beijing, for rows that are to be kept under their day.
    private static bool IsMoment(IEnumerable<ColumnDefinition> columns) =>
        columns.Select(column => column.Kind).Order().SequenceEqual([ColumnKind.Date, ColumnKind.Timestamp]);

    private static RateLimit? Limit(YamlSection request)
    {
        if (request.Text("limit") is not { } text)
        {
            return null;
        }

        if (RateLimit.TryParse(text, out var limit))
        {
            return limit;
        }

        request.Problem("limit", $"is '{text}', expected {RateLimit.Expected}");
        return null;
    }

    private static void CheckNames(YamlSection root, DatasetDefinition dataset, string file, CalendarNames calendars)
    {
        if (dataset.Id.Length > 0 && !DatasetId().IsMatch(dataset.Id))
        {
            root.Problem("dataset", $"is '{dataset.Id}', expected vendor and name like tushare.daily");
        }
        else if (dataset.Id.Length > 0 && Path.GetFileName(file) != dataset.Id + ".yaml")
        {
            root.Problem("dataset", $"is '{dataset.Id}', so the file must be called {dataset.Id}.yaml");
        }

        if (dataset.Table.Length > 0 && !TableName().IsMatch(dataset.Table))
        {
            root.Problem("table", $"is '{dataset.Table}', expected ods_ and small letters, digits and _");
        }

        if (calendars.Faulty.Contains(dataset.Calendar))
        {
            root.LeftOut("calendar", dataset.Calendar);
        }
        else if (dataset.Calendar.Length > 0 && !calendars.Known.Contains(dataset.Calendar))
        {
            root.Problem(
                "calendar",
                $"is '{dataset.Calendar}', which is not among the calendars{NearestName.Hint(dataset.Calendar, [.. calendars.Known])}"
            );
        }
    }

    private static void CheckMonth(YamlSection root, DatasetDefinition dataset)
    {
        if (dataset.IsKeptByMonth && dataset.Columns.Any(column => column.Name == MonthWord))
        {
            root.Problem(
                "columns",
                $"names '{MonthWord}', which is the partition column with 'partition: {MonthWord}'; give it another name and 'field: {MonthWord}'"
            );
        }
    }

    private static void CheckRequest(YamlSection request, DatasetDefinition dataset)
    {
        GrainRules.CheckPlaceholders(request, dataset);
        foreach (var (name, values) in dataset.FanOut)
        {
            if (dataset.Parameters.ContainsKey(name))
            {
                request.Problem("fan_out", $"and 'params' both give {name}");
            }

            if (values.Count == 0 || values.Distinct().Count() != values.Count)
            {
                request.Problem("fan_out", $"must give {name} at least one value, and none twice");
            }
        }
    }

    /// <summary>A column that no vendor sends is the one that names the part.</summary>
    private static void CheckGiven(YamlSection root, DatasetDefinition dataset)
    {
        foreach (var column in dataset.Columns.Where(column => column.IsPart && column.Name != dataset.Part?.Column))
        {
            root.Problem(
                "columns",
                $"gives '{column.Name}' the field {ColumnDefinition.PartField}, which only the column of 'part' can have"
            );
        }
    }

    private static void CheckKey(YamlSection root, DatasetDefinition dataset)
    {
        var columns = dataset.Columns.Select(column => column.Name).ToList();
        foreach (var name in dataset.Key)
        {
            if (!columns.Contains(name))
            {
                root.Problem("key", $"names '{name}', which is no column{NearestName.Hint(name, columns)}");
            }
        }

        if (dataset.Key.Distinct().Count() != dataset.Key.Count)
        {
            root.Problem("key", "names a column twice");
        }

        if (
            dataset.Key.Count > 0
            && dataset.Columns.All(column => column.Nullable || !dataset.Key.Contains(column.Name))
        )
        {
            root.Problem("key", "must have at least one column that is not nullable");
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex DatasetId();

    [GeneratedRegex("^ods_[a-z0-9_]+$", RegexOptions.CultureInvariant)]
    private static partial Regex TableName();

    [GeneratedRegex("^[a-z][a-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex ColumnName();
}
