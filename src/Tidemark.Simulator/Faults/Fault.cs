namespace Tidemark.Simulator.Faults;

/// <summary>What goes wrong with one call.</summary>
public enum FaultKind
{
    /// <summary>Nothing but the delay.</summary>
    Delay,

    /// <summary>The vendor's error envelope with a given code and message.</summary>
    Error,

    /// <summary>An HTTP status without a body.</summary>
    Http,

    /// <summary>Half of the answer, then the connection is reset.</summary>
    Drop,

    /// <summary>Half of the answer, sent as if it were whole.</summary>
    Truncate,

    /// <summary>The first row comes twice.</summary>
    Duplicate,

    /// <summary>An HTML page instead of JSON.</summary>
    Garbage,

    /// <summary>The vendor's rate-limit error.</summary>
    RateLimit,

    /// <summary>The vendor's permission error.</summary>
    NoPermission,

    /// <summary>Success without rows.</summary>
    Empty,

    /// <summary>The previous answer of the same API again; the true one when there was none.</summary>
    Stale,

    /// <summary>The first page, whatever the offset.</summary>
    RepeatPage,

    /// <summary>A column under another name.</summary>
    RenameColumn,

    /// <summary>A column left out, of names and rows.</summary>
    DropColumn,

    /// <summary>Text that is no number in the first row of a numeric column.</summary>
    TextNumber,

    /// <summary>The first row's day one day later than it is.</summary>
    WrongDate,
}

/// <summary>One fault, ready to strike.</summary>
/// <param name="Delay">How long to wait first.</param>
/// <param name="Code">The vendor's code (<see cref="FaultKind.Error"/>).</param>
/// <param name="HttpStatus">The status (<see cref="FaultKind.Http"/>).</param>
/// <param name="Column">The column that is touched; empty where the kind needs none.</param>
/// <param name="Text">Message of an error, new name of a column, or what stands instead of a number.</param>
public sealed record Fault(
    FaultKind Kind,
    TimeSpan? Delay = null,
    int Code = 0,
    int HttpStatus = 0,
    string Column = "",
    string Text = ""
)
{
    /// <summary>The limit that a rate-limit fault names when none is configured.</summary>
    public const int RateLimitCalls = 200;
}
