using Tidemark.DuckDb;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>
/// A DuckDB connection that sees chosen tables at fixed versions as <c>layer.table</c>. It holds their files readable
/// until it is disposed.
/// </summary>
public sealed class LakeSession : IDisposable
{
    private readonly string _database;
    private readonly IObjectStore _store;
    private readonly IDisposable _readable;

    internal LakeSession(
        DuckDbConnection connection,
        string database,
        IObjectStore store,
        IReadOnlyDictionary<string, long> versions,
        IDisposable readable
    )
    {
        Connection = connection;
        _readable = readable;
        _store = store;
        _database = database;
        Versions = versions;
    }

    public DuckDbConnection Connection { get; }

    /// <summary>The version of every table that the session sees, by <c>layer.table</c>.</summary>
    public IReadOnlyDictionary<string, long> Versions { get; }

    /// <summary>
    /// Defines a table that is declared but has no commit yet: no rows, all columns. Queries that join with it need not
    /// know whether it exists.
    /// </summary>
    public void DefineEmpty(TableDefinition definition) => Connection.Execute(ViewSql.CreateEmpty(definition));

    /// <summary>
    /// Makes the macro <c>{table}_dt</c> read these files only, for a caller that will ask it only for their days:
    /// DuckDB then need not look at thousands of other days' names at every query. Leaves the view as it is. On a
    /// remote store the session must have been opened with these files.
    /// </summary>
    public void NarrowMacro(TableSnapshot snapshot, IEnumerable<AddAction> files) =>
        Connection.Execute(ViewSql.Macro(snapshot.Table, snapshot.Columns, ViewSql.Source(snapshot, files, _store)));

    /// <summary>
    /// Makes the view and the macro show the rows of some days only. The files are those that have such rows; they may
    /// have other days' rows, too.
    /// </summary>
    public void NarrowView(TableSnapshot snapshot, IEnumerable<AddAction> files, DateOnly from, DateOnly to) =>
        Connection.Execute(
            ViewSql.CreateView(
                snapshot.Table,
                $"{ViewSql.Source(snapshot, files, _store)} WHERE {TableDefinition.DayColumn} BETWEEN {DuckDbSql.Literal(from)} AND {DuckDbSql.Literal(to)}"
            ) + ViewSql.MacroOverView(snapshot.Table, snapshot.Columns)
        );

    /// <summary>
    /// Makes the view of a table without days show only rows that are valid on one of some days, by a column with their
    /// first day and one with their last. Either may be null: no end. A last day after <paramref name="to"/> is shown
    /// as null, because nobody knew it then.
    /// </summary>
    public void ShowValid(TableSnapshot snapshot, string firstDay, string lastDay, DateOnly from, DateOnly to)
    {
        var (first, last) = (DuckDbSql.Identifier(firstDay), DuckDbSql.Identifier(lastDay));
        var (low, high) = (DuckDbSql.Literal(from), DuckDbSql.Literal(to));
        var source = ViewSql.Source(snapshot, snapshot.Files.Values, _store);
        Connection.Execute(
            ViewSql.CreateView(
                snapshot.Table,
                $"(SELECT * REPLACE (CASE WHEN {last} <= {high} THEN {last} END AS {last}) FROM {source} "
                    + $"WHERE ({first} IS NULL OR {first} <= {high}) AND ({last} IS NULL OR {last} >= {low}))"
            )
        );
    }

    public void Dispose()
    {
        Connection.Execute($"USE memory; DETACH {_database}");
        Connection.Dispose();
        _readable.Dispose();
    }
}
