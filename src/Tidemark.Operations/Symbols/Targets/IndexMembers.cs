using Tidemark.Core;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Datasets;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Symbols.Targets;

/// <summary>
/// Reads who is in an index from the lists of weights in the lake: the newest list on or before a day. Some indices have
/// a code at each exchange, and the vendor's lists only one of them. Stateless; thread-safe.
/// </summary>
public sealed class IndexMembers(DataLake lake, DatasetRegistry datasets, IKeptAnswers? kept = null)
{
    public const string Weights = "tushare.index_weight";
    public const string Indexes = "tushare.index_basic";

    /// <summary>Grows whenever members are read, or kept, in another way.</summary>
    private const int Rules = 1;

    /// <summary>Lists are a month apart; of a month that has just begun there may be none yet.</summary>
    private const int MonthsBefore = 2;

    private const int DigitsShared = 3;

    // An index of both exchanges begins so in Shanghai and in Shenzhen, with the same last digits.
    private static readonly (string Code, string Suffix)[] s_twins = [("000", ".SH"), ("399", ".SZ")];

    private static readonly AnswerShape<IReadOnlyList<string>> s_shape = new(
        codes => new AnswerTable([.. codes.Select(c => (string[])[c])]),
        table => [.. table.Rows.Select(r => r[0])]
    );

    /// <summary>The dataset of the lists; null where the workspace does without.</summary>
    internal DatasetDefinition? Dataset => datasets.Find(Weights) is { Retired: null } dataset ? dataset : null;

    /// <summary>The codes for which lists are asked for.</summary>
    internal IReadOnlyList<string> Parts => Dataset?.Part?.Values ?? [];

    /// <summary>
    /// The codes under which an index may have lists: its own, and one at the other exchange where there are lists of
    /// it. Whether that is the same index, the list of indices says.
    /// </summary>
    internal IReadOnlyList<string> PartsOf(string code) =>
        [.. new[] { code, TwinOf(code) }.OfType<string>().Where(Parts.Contains)];

    /// <summary>The days within which a list is to be looked for.</summary>
    internal static (DateOnly From, DateOnly To) Window(DateOnly day) =>
        (new DateOnly(day.Year, day.Month, 1).AddMonths(-MonthsBefore), day);

    /// <summary>
    /// The members on a day; empty where the lists that were asked for have none; null where none was asked for.
    /// </summary>
    internal async Task<IReadOnlyList<string>?> ReadAsync(
        string code,
        DateOnly day,
        CancellationToken cancellationToken
    )
    {
        if (Dataset is not { } dataset)
        {
            return [];
        }

        var snapshot = await SnapshotAsync(dataset, cancellationToken);
        var isTwin = TwinOf(code) is { } twin && Parts.Contains(twin) && !Parts.Contains(code);
        if (isTwin && await AreOneAsync(code, TwinOf(code)!, cancellationToken) is var same && same is not true)
        {
            return same is null ? null : [];
        }

        var listed = isTwin ? TwinOf(code)! : code;
        var members = snapshot.HasRows
            ? await kept.OfAsync(
                $"the members of {listed} on {day.ToIso()}",
                $"{Rules} {TableMark.Of(snapshot)}",
                s_shape,
                () => QueryAsync(snapshot, Sql(snapshot.Table, listed, day), cancellationToken),
                cancellationToken
            )
            : [];
        return members.Count > 0 || !Parts.Contains(listed) || IsAsked(dataset, snapshot, listed, day) ? members : null;
    }

    private static string? TwinOf(string code)
    {
        for (var i = 0; i < s_twins.Length; i++)
        {
            var (head, suffix) = s_twins[i];
            if (
                code.Length == head.Length + DigitsShared + suffix.Length
                && code.StartsWith(head, StringComparison.Ordinal)
                && code.EndsWith(suffix, StringComparison.Ordinal)
            )
            {
                var other = s_twins[1 - i];
                return $"{other.Code}{code.AsSpan(head.Length, DigitsShared)}{other.Suffix}";
            }
        }

        return null;
    }

    private static bool IsAsked(DatasetDefinition dataset, TableSnapshot snapshot, string part, DateOnly day)
    {
        var (from, to) = Window(day);
        return snapshot.Units.Any(text =>
            UnitId.TryParse(text, out var unit)
            && unit.Dataset == dataset.Id
            && unit.Part == part
            && unit.LastDay >= from
            && unit.Day <= to
        );
    }

    private async Task<TableSnapshot> SnapshotAsync(DatasetDefinition dataset, CancellationToken cancellationToken) =>
        await lake.ReadableAsync(
            await lake.Table(TableDefinition.IdOf(dataset)).SnapshotAsync(cancellationToken),
            cancellationToken
        );

    /// <summary>Whether two codes are of one index: both have its name. Null before the list of indices is there.</summary>
    private async Task<bool?> AreOneAsync(string left, string right, CancellationToken cancellationToken)
    {
        if (datasets.Find(Indexes) is not { } dataset)
        {
            return false;
        }

        var snapshot = await SnapshotAsync(dataset, cancellationToken);
        if (!snapshot.HasRows)
        {
            return null;
        }

        var name = DuckDbSql.Identifier(snapshot.Table.Layer, snapshot.Table.Name);
        var names = await kept.OfAsync(
            $"the names of {left} and {right}",
            $"{Rules} {TableMark.Of(snapshot)}",
            s_shape,
            () =>
                QueryAsync(
                    snapshot,
                    $"SELECT name FROM {name} WHERE dt = (SELECT max(dt) FROM {name}) AND name IS NOT NULL AND ts_code IN ({DuckDbSql.Literal(left)}, {DuckDbSql.Literal(right)})",
                    cancellationToken
                ),
            cancellationToken
        );
        return names is [var one, var other] && one == other;
    }

    private async Task<IReadOnlyList<string>> QueryAsync(
        TableSnapshot snapshot,
        string sql,
        CancellationToken cancellationToken
    )
    {
        using var session = await lake.OpenSessionAtAsync([snapshot], cancellationToken);
        using var result = session.Connection.Query(sql, cancellationToken);
        return [.. result.Rows().Select(r => (string)r[0]!)];
    }

    private static string Sql(TableId table, string code, DateOnly day)
    {
        var name = DuckDbSql.Identifier(table.Layer, table.Name);
        var index = $"index_code = {DuckDbSql.Literal(code)}";
        return $"""
            SELECT DISTINCT con_code FROM {name} WHERE {index} AND trade_date =
                (SELECT max(trade_date) FROM {name} WHERE {index} AND trade_date <= {DuckDbSql.Literal(day)})
            ORDER BY con_code
            """;
    }
}
