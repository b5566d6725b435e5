using Tidemark.DuckDb;

namespace Tidemark.Lake.Catalog;

/// <summary>The catalog, open for one caller's queries. Dispose it.</summary>
public sealed class CatalogReader : IDisposable
{
    private readonly DuckDbDatabase _database;
    private readonly IDisposable? _readable;
    private readonly IReadOnlyList<CatalogLack> _lacks;

    internal CatalogReader(
        DuckDbDatabase database,
        DuckDbConnection connection,
        IReadOnlyList<LeftOut> leftOut,
        IDisposable? readable,
        IReadOnlyList<CatalogLack>? lacks = null
    )
    {
        _lacks = lacks ?? [];
        _database = database;
        _readable = readable;
        LeftOut = leftOut;
        Connection = connection;
    }

    public DuckDbConnection Connection { get; }

    /// <summary>What the catalog does not show, with its reasons.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; }

    /// <summary>
    /// Why a failed query could not find something that it names: a table that is left out, or a view or macro of a
    /// migration that is not applied. Null when the error is about neither.
    /// </summary>
    /// <param name="sql">The query.</param>
    /// <param name="error">
    /// The engine's error; when null, only tables are looked for, because a view's name may mean something else in the
    /// text.
    /// </param>
    public LeftOut? WhyMissing(string sql, DuckDbException? error = null) =>
        NamedIn(sql, LeftOut) ?? (error is null ? null : LackIn(error.EngineMessage.Split('\n')[0]));

    private LeftOut? LackIn(string message) =>
        _lacks
            .Where(_ => message.StartsWith("Catalog Error", StringComparison.Ordinal))
            .Select(l => (l.Why, Name: QueryReach.FirstNamed(message, l.Names)))
            .Where(l => l.Name is not null)
            .Select(l =>
                l.Why with
                {
                    Reason = $"The catalog has no {l.Name}, which {l.Why.Name} makes: {l.Why.Reason}",
                }
            )
            .FirstOrDefault();

    internal static LeftOut? NamedIn(string sql, IReadOnlyList<LeftOut> leftOut) =>
        leftOut.FirstOrDefault(l =>
            l.IsTable
            && QueryReach.FirstNamed(sql, QueryReach.NamesOf(l.Name).ToHashSet(StringComparer.OrdinalIgnoreCase))
                is not null
        );

    public void Dispose()
    {
        Connection.Dispose();
        _database.Dispose();
        _readable?.Dispose();
    }
}
