using System.Globalization;
using Spectre.Console;
using Tidemark.Operations.Definitions;

namespace Tidemark.Cli.Output;

/// <summary>What <c>datasets</c>, <c>datasets show</c> and <c>datasets add</c> say.</summary>
internal static class DatasetsText
{
    private const int LabelWidth = 24;
    private const int MinWidth = 40;

    public static void Write(CommandContext context, DatasetsResponse response)
    {
        context.WriteJson(response.Datasets);
        if (context.IsJson)
        {
            return;
        }

        // As in a status: what a group has in common stands once at its head, and lines fit beside the names.
        var width = Math.Max(MinWidth, context.LayoutWidth - LabelWidth - 2);
        context.Terminal.MarkupLine($"[grey]{"dataset", -LabelWidth}  how it is fetched, table, module[/]");
        foreach (var bucket in response.Datasets.GroupBy(each => each.Bucket).OrderBy(group => group.Key is null))
        {
            context.Terminal.MarkupLine($"[bold]{Markup.Escape(bucket.Key ?? "cannot be read")}[/]");
            foreach (var each in bucket)
            {
                var label = Markup.Escape(each.Id.PadRight(LabelWidth));
                foreach (var line in StatusMatrix.Lines(Parts(each), width))
                {
                    context.Terminal.MarkupLine($"{label}  {line}");
                    label = new string(' ', LabelWidth);
                }
            }
        }

        // Most that are shipped stand by: their reason is told once.
        foreach (var each in response.Datasets.Where(d => d.Because is not null && d.State != DatasetState.Standby))
        {
            context.Terminal.WriteLine($"{each.Id} is {each.State.Replace('_', ' ')}: {each.Because}");
        }

        if (response.Datasets.FirstOrDefault(d => d.State == DatasetState.Standby) is { } first)
        {
            context.Terminal.WriteLine($"standby: {first.Because}");
        }
    }

    private static IEnumerable<(string Text, string Color)> Parts(DatasetEntry dataset)
    {
        if (dataset.State != DatasetState.On)
        {
            yield return (dataset.State.Replace('_', ' '), dataset.State == DatasetState.LeftOut ? "red" : "grey");
        }

        if (dataset.Origin != "shipped")
        {
            yield return ($"{dataset.Origin} file", "default");
        }

        string?[] facts = [dataset.Batch, dataset.Fetched(), dataset.Table, dataset.Module];
        foreach (var fact in facts.Where(fact => !string.IsNullOrEmpty(fact)))
        {
            yield return (fact!, "default");
        }
    }

    public static void Write(CommandContext context, DatasetDescription dataset)
    {
        context.WriteJson(dataset);
        if (context.IsJson)
        {
            return;
        }

        var because = dataset.Because is null ? "" : $" ({dataset.Because})";
        context.Terminal.WriteLine($"{dataset.Id}: {dataset.Title}; {dataset.State}{because}");
        foreach (var (name, value) in Facts(dataset))
        {
            context.Terminal.WriteLine($"{name, -12} {value}");
        }

        var grid = new Table().Border(TableBorder.Simple).AddColumns("column", "type", "unit", "", "field", "about");
        foreach (var column in dataset.Columns)
        {
            var role =
                dataset.Key.Contains(column.Name) ? "key"
                : column.Optional ? "optional"
                : column.Since is { } since ? $"since {since}"
                : column.Nullable ? ""
                : "not null";
            var field =
                column.Alias is { } alias ? $"{column.Field} or {alias}"
                : column.Field == column.Name ? ""
                : column.Field;
            string[] cells = [column.Name, column.Type, column.Unit ?? "", role, field, About(column)];
            grid.AddRow([.. cells.Select(Markup.Escape)]);
        }

        context.Terminal.Write(grid);
    }

    public static void Write(CommandContext context, AddDatasetResponse added)
    {
        context.WriteJson(added);
        context.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"wrote {added.File}: {added.Dataset}, {added.Columns} columns from {added.Rows} rows, table {added.Table}"
            )
        );
        context.Say("These are guesses; the file says so beside each (docs/reference/dataset.md has every key):");
        foreach (var check in added.Checks)
        {
            context.Say($"  {check}");
        }

        context.Say($"Then `tidemark preflight`, and `tidemark run --datasets {added.Dataset}`.");
    }

    private static IEnumerable<(string Name, string Value)> Facts(DatasetDescription dataset)
    {
        yield return ("file", $"{dataset.File} ({dataset.Origin})");
        var batch = dataset.Batch is null ? "" : $", batch {dataset.Batch}";
        var flag = dataset.Flag is null ? "" : $", flag {dataset.Flag}";
        yield return ("module", $"{dataset.Module}, bucket {dataset.Bucket}{batch}{flag}");
        if (dataset.TitleZh is { } chinese)
        {
            yield return ("in Chinese", chinese);
        }

        if (dataset.Points is { } points)
        {
            yield return ("points", points);
        }

        yield return ("history", dataset.History is { } first ? $"from {first}" : "not known");
        var key = dataset.Key.Count == 0 ? "none: equal rows are legal" : string.Join(", ", dataset.Key);
        yield return ("table", $"{dataset.Table}, by {dataset.Partition}; key {key}");
        yield return ("grain", dataset.Per is null ? dataset.Grain : $"{dataset.Grain}, per {dataset.Per}");
        yield return ("expected", dataset.Expected);
        if (dataset.Part.SymbolsOf is { } list)
        {
            yield return ("part", $"symbols of {list}, column {dataset.Part.Symbol}");
        }
        else if (dataset.Part.Values.Count > 0)
        {
            yield return ("part", string.Join(", ", dataset.Part.Values));
        }

        if (dataset.BySymbol is { SymbolsOf: not null } axis)
        {
            yield return (
                "by symbol",
                $"{string.Join(", ", axis.Params.Select(each => $"{each.Key}={each.Value}"))}; symbols of {axis.SymbolsOf}"
            );
        }

        yield return ("calendar", dataset.Calendar);
        yield return ("available", Available(dataset.Available));
        yield return ("request", Call(dataset));
        if ((dataset.DateColumn ?? dataset.PeriodColumn) is { } proof)
        {
            yield return ("proof", $"column {proof}");
        }

        if (dataset.UnitProof is { Volume: not null } units)
        {
            yield return (
                "units",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{units.Amount} over {units.Volume}, times {units.Scale}, is from {units.Low} to {units.High}; else {units.OnOther}"
                )
            );
        }

        yield return (
            "drift",
            $"new columns: {dataset.Drift.OnNewColumn}; missing ones: {dataset.Drift.OnMissing}; other types: {dataset.Drift.OnRetyped}"
        );
        foreach (var rule in dataset.Rules)
        {
            yield return ("rule", Rule(rule));
        }

        if (dataset.EmptyIsOrdinary)
        {
            yield return ("empty", "a unit without rows is ordinary");
        }

        if (dataset.Accumulates)
        {
            yield return ("accumulates", "rows of the day that an answer lacks stay");
        }
    }

    private static string Rule(DatasetRule rule)
    {
        var parts = new List<string>();
        Add("at least", rule.Min);
        Add("above", rule.Above);
        Add("at most", rule.Max);
        if (rule.NotAbove is { } other)
        {
            parts.Add($"not above {other}");
        }

        Add("share without it at most", rule.Nulls);
        return $"{rule.Column} {string.Join(", ", parts)}; else {rule.OnBreak}";

        void Add(string words, double? number)
        {
            if (number is { } value)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{words} {value}"));
            }
        }
    }

    private static string About(DatasetColumn column) =>
        string.Join(" · ", new[] { column.About, column.Zh }.Where(text => text is not null));

    private static string Available(DatasetAvailable available) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{available.At}, grace {available.Grace} min{(available.DaysLater == 0 ? "" : $", {available.DaysLater} days later")}"
        );

    private static string Call(DatasetDescription dataset)
    {
        var parameters = dataset.Request.Params.Select(each => $"{each.Key}={each.Value}");
        var fans = dataset.Request.FanOut.Select(each => $"{each.Key}={string.Join('|', each.Value)}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{dataset.Api} {string.Join(' ', parameters.Concat(fans))}, at most {dataset.Request.RowCap} rows an answer{(dataset.Request.Limit is { } limit ? $", {limit}" : "")}"
        );
    }
}
