namespace Tidemark.Core.Errors;

/// <summary>What a caller can do about an error.</summary>
public enum ErrorKind
{
    /// <summary>May go away by itself: try again later.</summary>
    Transient,

    /// <summary>Too many calls: wait until the window ends, then try again.</summary>
    RateLimit,

    /// <summary>The account may not use this; nothing helps but another account or plan.</summary>
    Permission,

    /// <summary>The credentials are wrong or missing; every further call would fail too.</summary>
    Unauthorized,

    /// <summary>The request was wrong; asking again gives the same answer.</summary>
    BadRequest,

    /// <summary>Data does not have the declared shape: a column, a type, a key, a date.</summary>
    Schema,

    /// <summary>Another process changed the same thing first.</summary>
    Conflict,

    /// <summary>The workspace or the definitions are wrong.</summary>
    Configuration,

    /// <summary>Storage refused or lost something: full disk, read-only, missing or damaged file.</summary>
    Storage,
}

/// <summary>
/// An error that a user can act on. The message says what failed, where, and what to do next; codes are listed in
/// docs/errors.md.
/// </summary>
public class TidemarkException : Exception
{
    public TidemarkException(ErrorKind kind, string code, string message, Exception? inner = null)
        : base(message, inner)
    {
        Kind = kind;
        Code = code;
    }

    public ErrorKind Kind { get; }

    /// <summary>Stable upper-case code, for example <c>COMMIT_CONFLICT</c>.</summary>
    public string Code { get; }

    public bool IsTransient => Kind is ErrorKind.Transient or ErrorKind.RateLimit;
}
