namespace Tidemark.Operations.Query;

/// <summary>A question to the lake.</summary>
/// <param name="Sql">One query.</param>
public sealed record QueryRequest(string Sql)
{
    /// <summary>
    /// Tables as they were at a version, each like <c>ods.ods_daily=3</c>; the others are read at their newest.
    /// </summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>All tables as they were at a moment; those that are younger are not there.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>After which time it is given up; never when null.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How many rows are given at most; all when null.</summary>
    public long? MaxRows { get; init; }

    /// <summary>
    /// Is told why when the engine does not stop although it was asked to, or takes so much memory that nobody can wait
    /// for it: whoever can end the process with that error should. Comes from another thread. When null, it is waited
    /// for.
    /// </summary>
    public Action<Exception>? GiveUp { get; init; }
}

/// <summary>In which form values come.</summary>
public enum QueryForm
{
    /// <summary>Each value is one text, as the engine writes it.</summary>
    Text,

    /// <summary>Lists, arrays, maps and structs stay what they are, and every value in them is a text.</summary>
    Nested,

    /// <summary>
    /// As <see cref="Text"/>, but only the beginning of long ones (<see cref="QueryOperation.PreviewLength"/>).
    /// </summary>
    Preview,
}

/// <summary>A column of an answer.</summary>
/// <param name="Name">As the query has it; two columns may have the same.</param>
/// <param name="Type">What the query gives, before it was written as text.</param>
public sealed record QueryColumn(string Name, DuckDb.ColumnType Type);

/// <summary>What was written into a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="MayBeCut">Whether these are as many as were allowed, so that there may be more.</param>
public sealed record QueryFile(string File, long Rows, bool MayBeCut);
