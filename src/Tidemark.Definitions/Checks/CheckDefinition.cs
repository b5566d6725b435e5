using Tidemark.Core.Datasets;
using Tidemark.Core.Markets;
using Tidemark.Core.Runs;

namespace Tidemark.Definitions.Checks;

/// <summary>Which entities a check has a row of cells for, and when they are expected.</summary>
/// <param name="Dataset">A list of instruments; its newest version counts.</param>
/// <param name="Symbol">The column that names the entity. The required datasets have a column of the same name.</param>
/// <param name="Listed">
/// The day column from which data is expected; null means always. An entity without a value is not listed yet.
/// </param>
/// <param name="Delisted">
/// The day column from which none is expected any more (that day itself has none); null means never.
/// </param>
/// <param name="Where">A DuckDB predicate over the list's columns that chooses among its rows, or null.</param>
/// <param name="Name">
/// The column with the name by which, together with <paramref name="Listed"/>, an instrument is known again whose code
/// changed; null when codes never do.
/// </param>
public sealed record EntitySource(
    DatasetDefinition Dataset,
    string Symbol,
    string? Listed,
    string? Delisted,
    string? Where,
    string? Name = null
)
{
    /// <summary>Where changes of codes within one day are kept; null when codes never change.</summary>
    public DatasetDefinition? Changes => Name is null ? null : CodeChangeTable.Dataset;
}

/// <summary>
/// Days on which an entity is excused: the rows of a dataset for which a DuckDB predicate holds (all rows when null).
/// </summary>
/// <param name="Dataset">Announcements, for example of halts.</param>
/// <param name="Symbol">The column that names the entity.</param>
/// <param name="Where">A DuckDB predicate over the dataset's columns, or null.</param>
/// <param name="Unless">
/// Trades, with the same symbol column: an entity that has a row there on the day was not halted, whatever was
/// announced. Null when nothing can contradict.
/// </param>
public sealed record SuspensionSource(
    DatasetDefinition Dataset,
    string Symbol,
    string? Where,
    DatasetDefinition? Unless = null
);

/// <summary>
/// A question about data asked for every entity and open day: is what is required there? Declared in
/// <c>definitions/checks/*.yaml</c>; a new one is a new file and no code.
/// </summary>
public sealed record CheckDefinition
{
    /// <summary>For example <c>stock.daily_bars</c>.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    /// <summary>Where it is declared, for messages.</summary>
    public required string File { get; init; }

    /// <summary><see cref="Pools"/> in which it is asked.</summary>
    public required IReadOnlyList<Pool> InPools { get; init; }

    /// <summary>stock, etf, index, …</summary>
    public required Bucket Bucket { get; init; }

    /// <summary>Stored with every status: <c>instrument</c>, or <c>global</c> for a check of one entity.</summary>
    public required string EntityType { get; init; }

    /// <summary>Where the entities come from; null when <see cref="Entity"/> is the only one.</summary>
    public EntitySource? Entities { get; init; }

    /// <summary>
    /// The only entity of a check about a dataset as a whole, for example <c>stock:list</c>; null otherwise.
    /// </summary>
    public string? Entity { get; init; }

    /// <summary>All of them there: complete. Some: partial.</summary>
    public required IReadOnlyList<DatasetDefinition> Required { get; init; }

    /// <summary>By dataset id: columns without a value in which a row is as good as none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Values { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    public SuspensionSource? Suspensions { get; init; }

    /// <summary>The calendar whose open days have cells.</summary>
    public string Calendar => Required[0].Calendar;

    /// <summary>
    /// Whether what is required are lists that cannot be asked for later: then only the newest due day can be missing.
    /// </summary>
    public bool IsSnapshot => Required.All(d => d.IsList);

    /// <summary>
    /// The datasets without which the check cannot be answered. One of suspensions is not among them: without it a
    /// halted day is missing instead of excused, which is true as far as anybody knows.
    /// </summary>
    public IEnumerable<DatasetDefinition> Indispensable =>
        Entities is null ? Required : Required.Append(Entities.Dataset);

    /// <summary>Every dataset that the check reads.</summary>
    public IEnumerable<DatasetDefinition> Datasets
    {
        get
        {
            var datasets = new List<DatasetDefinition>(Required);
            if (Entities is not null)
            {
                datasets.Add(Entities.Dataset);
                if (Entities.Changes is { } changes)
                {
                    datasets.Add(changes);
                }
            }

            if (Suspensions is not null)
            {
                datasets.Add(Suspensions.Dataset);
                if (Suspensions.Unless is { } unless)
                {
                    datasets.Add(unless);
                }
            }

            return datasets.DistinctBy(d => d.Id);
        }
    }
}
