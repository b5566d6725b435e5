using System.Text.Json.Nodes;
using Tidemark.Core;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Tests.Support;

namespace Tidemark.Ingest.Tests;

/// <summary>
/// Each shipped dataset with each kind of bad input, column by column: what comes of it is the rows, or an error of a
/// known code that names column or key, and never anything between.
/// </summary>
public sealed class BadInputTests
{
    public static TheoryData<string> Datasets => [.. RecordedRows.Shipped.All.Select(d => d.Id)];

    private static MadeUpAnswer Answer(string id) => new(RecordedRows.Shipped.Get(id));

    private static async Task<TidemarkException> FailsAsync(MadeUpAnswer answer, string because)
    {
        var error = await Should.ThrowAsync<TidemarkException>(answer.PassAsync, because);
        error.Kind.ShouldBe(ErrorKind.Schema, because);
        return error;
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task SoundAnswer_PassesWholeAndWithoutARemark(string id)
    {
        var answer = Answer(id);

        var (rows, remarks, _) = await answer.PassAsync();

        rows.Rows.RowCount.ShouldBe(answer.Rows.Count);
        rows.Dropped.ShouldBe(0);
        remarks.NewColumns.ShouldBeEmpty();
        remarks.MissingColumns.ShouldBeEmpty();
        remarks.Broken.ShouldBeEmpty();
        rows.Rows.Columns.ShouldAllBe(c => c.Count == answer.Rows.Count && c.NullCount == 0);
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task NullInAColumn_IsKeptOrNamedWhereItMayNotBe(string id)
    {
        foreach (var field in Answer(id).Fields)
        {
            var answer = Answer(id);
            answer.Rows[0][field] = null;
            var columns = answer.ColumnsOf(field).ToArray();
            if (!columns.Any(c => IsNeeded(answer, c)))
            {
                var (rows, _, _) = await answer.PassAsync();
                columns.ShouldAllBe(c => rows.Rows[c.Name].NullCount == 1, field);
                continue;
            }

            var error = await FailsAsync(answer, field);
            error.Code.ShouldBeOneOf("VALUE_MISSING", "DATE_MISSING", "DATE_OUTSIDE_REQUEST", "PART_OUTSIDE_REQUEST");
            columns.ShouldContain(c => error.Message.Contains(c.Name), field);
            error.Message.ShouldStartWith($"{answer.Unit}: ");
        }
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task TextInANumber_IsNamedAndNeverNull(string id)
    {
        foreach (var field in Answer(id).Fields)
        {
            var answer = Answer(id);
            if (answer.ColumnsOf(field).All(c => c.Kind == ColumnKind.Text))
            {
                continue;
            }

            answer.Rows[^1][field] = "not disclosed";

            var error = await FailsAsync(answer, field);

            error.Code.ShouldBe("VENDOR_VALUE", field);
            error.Message.ShouldContain($"'{field}'");
            error.Message.ShouldContain("not disclosed");
        }
    }

    /// <summary>Text in numbers, days and truth values; a list in any column.</summary>
    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task ValueOfAnotherType_WhereThatWarns_IsNullAndCountedUnlessItIsNeeded(string id)
    {
        foreach (var field in Answer(id).Fields)
        {
            var answer = Answer(id);
            answer.Dataset = answer.Dataset with { Drift = DriftPolicies.Default with { OnRetyped = RulePolicy.Warn } };
            var columns = answer.ColumnsOf(field).ToArray();
            answer.Rows[^1][field] = columns.All(c => c.Kind == ColumnKind.Text)
                ? new JsonArray("a", "b")
                : "not disclosed";
            var key = answer.Dataset.Key;
            if (columns.Any(c => key.Contains(c.Name) || IsNeeded(answer, c)))
            {
                (await FailsAsync(answer, field)).Code.ShouldBe("VENDOR_VALUE", field);
                continue;
            }

            var (rows, remarks, _) = await answer.PassAsync();

            rows.Rows.RowCount.ShouldBe(answer.Rows.Count, field);
            columns.ShouldAllBe(c => rows.Rows[c.Name].NullCount == 1, field);
            remarks.RetypedColumns.ShouldNotBeEmpty(field);
            remarks.RetypedColumns.ShouldAllBe(
                c =>
                    c.Field == field && c.Values == 1 && (c.Example == "not disclosed" || c.Example == "[\"a\",\"b\"]"),
                field
            );
        }
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task ColumnThatNobodyDeclared_IsLeftOutAndRemarked(string id)
    {
        var answer = Answer(id);
        answer.Fields.Insert(1, "mood_心情");
        answer.Rows.ForEach(row => row["mood_心情"] = new JsonArray("]", 1));

        var (rows, remarks, _) = await answer.PassAsync();

        rows.Rows.RowCount.ShouldBe(answer.Rows.Count);
        remarks.NewColumns.ShouldBe(["mood_心情"]);

        answer.Dataset = answer.Dataset with
        {
            Drift = DriftPolicies.Default with { OnNewColumn = NewColumnPolicy.Block },
        };
        (await FailsAsync(answer, id)).Code.ShouldBe("COLUMNS_NEW");
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task ColumnThatIsMissing_IsNamedUnlessItMayBe(string id)
    {
        foreach (var field in Answer(id).Fields)
        {
            var answer = Answer(id);
            answer.Fields.Remove(field);
            if (answer.ColumnsOf(field).All(c => c.Optional))
            {
                var (rows, remarks, _) = await answer.PassAsync();
                rows.Rows[answer.ColumnsOf(field).First().Name].NullCount.ShouldBe(rows.Rows.RowCount, field);
                remarks.MissingColumns.ShouldBeEmpty(field);
                continue;
            }

            var error = await FailsAsync(answer, field);
            error.Code.ShouldBe("VENDOR_COLUMN_MISSING", field);
            error.Message.ShouldContain(field);
        }
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task RowThatComesTwice_IsKeptOnceWhereAKeyTellsRowsApart(string id)
    {
        var answer = Answer(id);
        var sound = answer.Rows.Count;
        answer.Rows.Add(new Dictionary<string, JsonNode?>(answer.Rows[0]));

        var (rows, _, _) = await answer.PassAsync();

        var hasKey = answer.Dataset.Key.Count > 0;
        (rows.Rows.RowCount, rows.Dropped).ShouldBe(hasKey ? (sound, 1) : (sound + 1, 0));
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task KeyThatComesTwiceWithOtherValues_FailsAndNamesIt(string id)
    {
        var answer = Answer(id);
        var other = answer
            .Dataset.Columns.Where(c =>
                !answer.Dataset.Key.Contains(c.Name) && c.Kind is ColumnKind.Double or ColumnKind.Long
            )
            .FirstOrDefault(c => !answer.Dataset.Key.Contains(c.Name));
        if (other is null || answer.Dataset.Key.Count == 0)
        {
            return; // all of a row is its key, or nothing is
        }

        answer.Rows.Add(new Dictionary<string, JsonNode?>(answer.Rows[0]) { [other.Field] = 77 });

        var error = await FailsAsync(answer, id);

        error.Code.ShouldBe("KEY_REPEATED");
        error.Message.ShouldContain($"rows 1 and {answer.Rows.Count} have the same key");
        answer.Dataset.Key.ShouldAllBe(name => error.Message.Contains(name));
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task DayThatWasNotAskedFor_FailsOrIsLeftOutWhereAllDaysCome(string id)
    {
        foreach (var offset in new[] { -1, 1 })
        {
            var answer = Answer(id);
            if (answer.Dataset.DateColumn is not { } name)
            {
                return; // a list; or the period's text proves it: see the null in it
            }

            var day = offset < 0 ? answer.Unit.Day.AddDays(-1) : answer.Unit.LastDay.AddDays(1);
            var field = answer.Dataset.Columns.Single(c => c.Name == name).Field;
            var isMoment = answer.ColumnsOf(field).Any(c => c.Kind == ColumnKind.Timestamp);
            answer.Rows[0][field] = isMoment ? $"{day.ToIso()} 10:00:00" : day.ToCompact();
            if (answer.Dataset.SendsAllDays)
            {
                (await answer.PassAsync()).Rows.Rows.RowCount.ShouldBe(answer.Rows.Count - 1);
                continue;
            }

            var error = await FailsAsync(answer, id);
            error.Code.ShouldBe("DATE_OUTSIDE_REQUEST");
            error.Message.ShouldContain(day.ToIso());
        }
    }

    /// <summary>A symbol in another spelling is another symbol: nobody guesses which one was meant.</summary>
    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task PartThatWasNotAskedFor_FailsInWhateverSpelling(string id)
    {
        var answer = Answer(id);
        var column = answer.Dataset.Columns.FirstOrDefault(c => c.Name == answer.Dataset.Part?.Column);
        if (column is null || column.IsPart)
        {
            return; // fetched whole, or the vendor does not send it
        }

        foreach (var other in new[] { "600000", "sh600000", "600000.sh", "000001.SZ", $"{answer.Unit.Part} " })
        {
            answer.Rows[0][column.Field] = other;

            var error = await FailsAsync(answer, other);

            error.Code.ShouldBe("PART_OUTSIDE_REQUEST", other);
            error.Message.ShouldContain(other.TrimEnd());
        }
    }

    [Theory]
    [MemberData(nameof(Datasets))]
    public async Task ValueOutOfRange_BreaksExactlyItsRule(string id)
    {
        var dataset = RecordedRows.Shipped.Get(id);
        foreach (var rule in dataset.Rules)
        {
            foreach (var bad in Bad(rule))
            {
                var answer = Answer(id);
                answer.Rows[^1][dataset.Columns.Single(c => c.Name == rule.Column).Field] = bad;

                var (_, remarks, _) = await answer.PassAsync();

                remarks.Broken.ShouldContain(b => b.Rule.StartsWith($"{rule.Column} ") && b.Rows == 1, $"{rule} {bad}");

                answer.Dataset = dataset with { Rules = [rule with { OnBreak = RulePolicy.Block }] };
                var error = await FailsAsync(answer, $"{rule} {bad}");
                error.Code.ShouldBe("RULE_BROKEN");
                error.Message.ShouldContain($"row {answer.Rows.Count} ");
            }
        }
    }

    private static IEnumerable<long> Bad(ColumnRule rule)
    {
        if (rule.Min is { } min)
        {
            yield return (long)min - 1;
        }

        if (rule.Above is { } above)
        {
            yield return (long)above;
        }

        if (rule.Max is { } max)
        {
            yield return (long)max + 1;
        }

        if (rule.NotAbove is not null)
        {
            yield return 1_000;
        }
    }

    private static bool IsNeeded(MadeUpAnswer answer, ColumnDefinition column) =>
        !column.Nullable || column.Name == answer.Dataset.DateColumn || MustNameIt(answer, column);

    private static bool MustNameIt(MadeUpAnswer answer, ColumnDefinition column) =>
        column.Name == answer.Dataset.PeriodColumn || column.Name == answer.Dataset.Part?.Column;
}
