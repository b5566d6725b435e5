namespace Tidemark.Operations.Query;

/// <summary>A query to the lake.</summary>
/// <param name="Sql">One query.</param>
public sealed record QueryRequest(string Sql)
{
    /// <summary>
    /// Tables at a given version, each like <c>ods.ods_daily=3</c>; the others are read at their newest.
    /// </summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>Reads all tables as they were at a moment; younger tables do not exist then.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>The time limit; none when null.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The largest number of rows to return; all when null.</summary>
    public long? MaxRows { get; init; }

    /// <summary>
    /// Called with an error when the engine does not stop although it was asked to, or takes too much memory to wait
    /// for it. A caller that can should end the process with that error. Another thread calls it. When null, the query
    /// waits for the engine.
    /// </summary>
    public Action<Exception>? GiveUp { get; init; }
}

/// <summary>The form of returned values.</summary>
public enum QueryForm
{
    /// <summary>Each value is one text, written by the engine.</summary>
    Text,

    /// <summary>Lists, arrays, maps and structs keep their shape, and every value in them is a text.</summary>
    Nested,

    /// <summary>
    /// Like <see cref="Text"/>, but with only the beginning of long texts (<see cref="QueryOperation.PreviewLength"/>).
    /// </summary>
    Preview,
}

/// <summary>A column of an answer.</summary>
/// <param name="Name">As the query has it; two columns may have the same.</param>
/// <param name="Type">The type in the query's result, before values become text.</param>
public sealed record QueryColumn(string Name, DuckDb.ColumnType Type);

/// <summary>The result of writing a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="MayBeCut">Whether the limit of rows was reached, so that there may be more.</param>
public sealed record QueryFile(string File, long Rows, bool MayBeCut);
