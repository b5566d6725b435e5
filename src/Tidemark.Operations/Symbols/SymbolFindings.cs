using System.Globalization;
using Tidemark.Completeness.Evaluation;
using Tidemark.Core;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Symbols;

/// <summary>
/// Finds targets and codes of rows that no list of instruments has, and instruments that a list has lost. It reads rows
/// of the datasets that a check requires for single instruments, and compares each code with every list of every day,
/// so that an index among stocks is no fault. Stateless; thread-safe.
/// </summary>
public sealed class SymbolFindings(
    DataLake lake,
    CheckRegistry checks,
    SymbolDirectory directory,
    ITargetSymbols targets,
    IKeptAnswers? kept = null
)
{
    /// <summary>Grows whenever the rules change by which a code of rows is one that no list has.</summary>
    private const int Rules = 2;

    private static readonly AnswerShape<IReadOnlyList<UnlistedCode>?> s_codes = new(
        codes => new AnswerTable([
            .. codes!.Select(c =>
                (string[])
                    [
                        c.Code,
                        c.Rows.ToString(CultureInfo.InvariantCulture),
                        c.First.ToIso(),
                        c.Last.ToIso(),
                        c.List,
                        .. c.Datasets,
                    ]
            ),
        ]),
        table =>
            [
                .. table.Rows.Select(r => new UnlistedCode(
                    r[0],
                    [.. r.Skip(5)],
                    long.Parse(r[1], CultureInfo.InvariantCulture),
                    DayOf(r[2]),
                    DayOf(r[3]),
                    r[4]
                )),
            ]
    );

    private static readonly AnswerShape<IReadOnlyList<LostCode>> s_lost = new(
        lost => new AnswerTable([.. lost.Select(l => (string[])[l.Dataset, l.Code, l.LastNamed.ToIso()])]),
        table => [.. table.Rows.Select(r => new LostCode(r[0], r[1], DayOf(r[2]), IsTarget: false))]
    );

    private readonly RowCodes _rows = new(lake, checks);

    /// <summary>
    /// Enough days to find a code that is new, and few enough to search at every call.
    /// </summary>
    public const int RecentDays = 60;

    /// <param name="days">
    /// The number of newest calendar days of a dataset to search; null for all, which reads the code of every row.
    /// </param>
    /// <param name="cancellationToken">Interrupts the queries.</param>
    /// <exception cref="TidemarkException">Nobody can say what the targets are.</exception>
    public async Task<SymbolFaults> RunAsync(int? days, CancellationToken cancellationToken)
    {
        var (book, unread) = await directory.ReadListsAsync(cancellationToken);
        var followed = await targets.ReadAsync(cancellationToken);
        var lost = new List<LostCode>();
        foreach (var source in book.IsEmpty ? [] : checks.All.Select(c => c.Entities).OfType<EntitySource>().Distinct())
        {
            lost.AddRange(await LostAsync(source, followed.Symbols, cancellationToken));
        }

        var found = new List<UnlistedCode>();
        var absent = new List<AbsentList>();
        var hasLists = false;
        foreach (var list in _rows.Datasets.GroupBy(d => d.List))
        {
            if (unread.Contains(list.Key.Id))
            {
                continue; // whom it names nobody can say
            }

            if (await _rows.StandingAsync(list.Key, cancellationToken) is not { HasRows: true })
            {
                var waiting = await WithRowsAsync(list.Select(d => d.Dataset), cancellationToken);
                absent.AddRange(waiting.Count > 0 ? [new AbsentList(list.Key.Id, waiting)] : []);
                continue;
            }

            hasLists = true;
            foreach (var (dataset, symbol, _) in list)
            {
                if (await _rows.NewestAsync(dataset, cancellationToken) is not { HasRows: true } rows)
                {
                    continue;
                }

                (DateOnly First, DateOnly Last)? range = days is { } count ? Newest(rows, count) : null;
                // Only what every status asks is kept: another number of days would take its place.
                var codes = await (days == RecentDays ? kept : null).OfAsync(
                    $"the unlisted codes of {dataset.Id}",
                    Basis(rows, symbol, list.Key.Id, book, range),
                    s_codes,
                    () => _rows.UnlistedAsync(dataset, rows, symbol, list.Key.Id, book, range, cancellationToken),
                    cancellationToken
                );
                found.AddRange(codes ?? []);
            }
        }

        return new SymbolFaults(
            followed.Unknown,
            absent,
            [.. unread.Order(StringComparer.Ordinal)],
            [.. lost.DistinctBy(l => (l.Dataset, l.Code)).OrderByDescending(l => l.IsTarget)],
            [.. found.GroupBy(c => (c.Code, c.List)).Select(Joined).OrderBy(c => c.Code, StringComparer.Ordinal)]
        )
        {
            HasLists = hasLists,
            Rules = followed.Rules,
        };
    }

    private static (DateOnly First, DateOnly Last) Newest(TableSnapshot rows, int days)
    {
        var last = rows.Days.Max();
        return (last.AddDays(-days + 1), last);
    }

    /// <summary>Everything on which the codes of rows that no list has depend.</summary>
    private static string Basis(
        TableSnapshot rows,
        string symbol,
        string list,
        SymbolBook book,
        (DateOnly First, DateOnly Last)? range
    )
    {
        var mark = TableMark.Of(rows);
        return string.Join(
            ' ',
            Rules.ToString(CultureInfo.InvariantCulture),
            mark.Table,
            mark.Version.ToString(CultureInfo.InvariantCulture),
            mark.Commit,
            symbol,
            list,
            book.Fingerprint,
            range?.First.ToIso(),
            range?.Last.ToIso()
        );
    }

    private static UnlistedCode Joined(IEnumerable<UnlistedCode> parts) =>
        parts.Aggregate(
            (left, right) =>
                new UnlistedCode(
                    left.Code,
                    [.. left.Datasets, .. right.Datasets],
                    left.Rows + right.Rows,
                    left.First < right.First ? left.First : right.First,
                    left.Last > right.Last ? left.Last : right.Last,
                    left.List
                )
        );

    private async Task<IReadOnlyList<string>> WithRowsAsync(
        IEnumerable<DatasetDefinition> datasets,
        CancellationToken cancellationToken
    )
    {
        var having = new List<string>();
        foreach (var dataset in datasets)
        {
            if (await _rows.StandingAsync(dataset, cancellationToken) is { HasRows: true })
            {
                having.Add(dataset.Id);
            }
        }

        return having;
    }

    private async Task<IReadOnlyList<LostCode>> LostAsync(
        EntitySource source,
        IReadOnlySet<string> followed,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var list = await lake.Table(TableDefinition.IdOf(source.Dataset)).SnapshotAsync(cancellationToken);
            if (!list.Exists)
            {
                return [];
            }

            var told = await lake.Table(TableDefinition.IdOf(CodeChangeTable.Dataset)).SnapshotAsync(cancellationToken);
            // Where a file is lost, the list cannot be read.
            var isWhole = (await lake.ReadableAsync(list, cancellationToken)).Lost.Count == 0;
            var lost = await (isWhole ? kept : null).OfAsync(
                $"the lost codes of {source.Dataset.Id} {source.Symbol} {source.Where}",
                $"{Rules} {TableMark.Of(list)} {TableMark.Of(told)} {source.Name} {source.Listed} {source.Delisted}",
                s_lost,
                () => ReadLostAsync(source, list, told, cancellationToken),
                cancellationToken
            );
            return [.. lost.Select(l => l with { IsTarget = followed.Contains(l.Code) })];
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            return []; // a list that cannot be read is named by status and doctor themselves
        }
    }

    private async Task<IReadOnlyList<LostCode>> ReadLostAsync(
        EntitySource source,
        TableSnapshot list,
        TableSnapshot told,
        CancellationToken cancellationToken
    )
    {
        using var session = await lake.OpenSessionAtAsync(told.Exists ? [list, told] : [list], cancellationToken);
        return
        [
            .. ListMembers
                .Read(session.Connection, source, list, told, cancellationToken)
                .Members.Where(m => m.IsLost)
                .Select(m => new LostCode(source.Dataset.Id, m.Symbol, m.LastNamed, IsTarget: false)),
        ];
    }

    private static DateOnly DayOf(string text) => DateOnly.Parse(text, CultureInfo.InvariantCulture);
}
