namespace Tidemark.Simulator.Faults;

/// <summary>What goes wrong with one call.</summary>
public enum FaultKind
{
    /// <summary>Only the delay.</summary>
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

    /// <summary>Sockets: no answer.</summary>
    Silent,

    /// <summary>Sockets: the connection is reset instead of an answer.</summary>
    HangUp,

    /// <summary>Sockets: the answer comes in segments of a few bytes.</summary>
    Split,

    /// <summary>Sockets: the answer is held back and comes in one segment with the next.</summary>
    Merge,

    /// <summary>Sockets: every frame of the answer has one field too many.</summary>
    ExtraFields,

    /// <summary>Sockets: an unknown message comes before the answer.</summary>
    UnknownMessage,

    /// <summary>TWS: the gateway never says that a snapshot has ended.</summary>
    NoEnd,

    /// <summary>TWS: <see cref="Fault.After"/> passes before every tick, including the first.</summary>
    SlowTicks,

    /// <summary>TWS: somebody else uses the account's data (10197).</summary>
    CompetingSession,

    /// <summary>
    /// TWS: the gateway loses its vendor (1100); after <see cref="Fault.After"/> it has it back (1101), and requests
    /// are lost.
    /// </summary>
    LinkLost,

    /// <summary>TWS: like <see cref="LinkLost"/>, but requests are kept (1102).</summary>
    LinkInterrupted,

    /// <summary>TWS: the gateway speaks another version (<see cref="Fault.Code"/>).</summary>
    Version,

    /// <summary>TWS: the client id is taken (326).</summary>
    ClientIdInUse,
}
