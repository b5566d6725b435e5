using System.Net.Sockets;
using Npgsql;
using Tidemark.Core.Errors;

namespace Tidemark.Control.Dialects;

/// <summary>A transaction may have been kept or not, and nobody can be asked.</summary>
internal sealed class OutcomeUnknownException(Exception inner)
    : Exception("whether the last change was kept cannot be told", inner);

/// <summary>PostgreSQL's errors in words that help. None has a secret: neither server nor driver repeats one.</summary>
internal static class PostgresErrors
{
    private const string LockNotAvailable = "55P03";
    private const string QueryCanceled = "57014";
    private const string Deadlock = "40P01";
    private const string Serialization = "40001";
    private const string CannotConnectNow = "57P03";
    private const string TooManyConnections = "53300";
    private const string DiskFull = "53100";
    private const string ReadOnlyTransaction = "25006";
    private const string InsufficientPrivilege = "42501";
    private const string NoSuchDatabase = "3D000";
    private const string NoSchema = "3F000";

    // Shut down or killed by an administrator, crashed, dropped for being idle.
    private static readonly string[] s_ended = ["57P01", "57P02", CannotConnectNow, "57P05", "25P03", "25P04"];

    public static bool IsFailure(Exception error) =>
        error is NpgsqlException or OutcomeUnknownException or SocketException or IOException or TimeoutException;

    /// <summary>Whether the connection is gone, or does not answer: what it was last told may have been done.</summary>
    public static bool IsLost(Exception error) =>
        error switch
        {
            PostgresException server => s_ended.Contains(server.SqlState)
                || server.SqlState.StartsWith("08", StringComparison.Ordinal),
            NpgsqlException => Cause(error) is SocketException or IOException or TimeoutException,
            _ => error is SocketException or IOException or TimeoutException,
        };

    /// <summary>Whether it goes by.</summary>
    public static bool IsPassing(Exception error) =>
        IsLost(error)
        || StateOf(error) is LockNotAvailable or QueryCanceled or Deadlock or Serialization or TooManyConnections;

    /// <summary>
    /// The same of the first connection: a server that is not there is no reason to wait, one that starts is.
    /// </summary>
    public static bool IsStarting(Exception error) => StateOf(error) is CannotConnectNow or TooManyConnections;

    public static TidemarkException From(PostgresAddress address, Exception error)
    {
        var what = $"The control database {address}";
        return StateOf(error) switch
        {
            _ when error is OutcomeUnknownException => Error(
                ErrorKind.Transient,
                "CONTROL_UNREACHABLE",
                $"{what} went away while a change was being committed, and whether it was kept cannot be told. "
                    + "See that its server runs, then run again: what the lake has is not fetched twice."
            ),
            _ when error is TimeoutException => Error(
                ErrorKind.Transient,
                "CONTROL_BUSY",
                $"{what} is held by another transaction of this process for too long. Try again."
            ),
            LockNotAvailable or QueryCanceled or Deadlock or Serialization => Error(
                ErrorKind.Transient,
                "CONTROL_BUSY",
                $"{what} is held by another session for too long. Try again, or see which: "
                    + "`select pid, application_name, state, query from pg_stat_activity`."
            ),
            TooManyConnections => Error(
                ErrorKind.Transient,
                "CONTROL_BUSY",
                $"{what} has no connection left ({Said(error)}). Try again, or raise max_connections of the server."
            ),
            "28P01" or "28000" or "0P000" => Refused(address, error),
            NoSuchDatabase => Error(
                ErrorKind.Storage,
                "CONTROL_UNREADABLE",
                $"{what} cannot be opened: {Said(error)}. Make it (`createdb -E UTF8 -T template0 {address.Database}`), or correct 'control' in tidemark.yaml."
            ),
            ReadOnlyTransaction => ControlErrors.ReadOnlyHere($"{address}"),
            InsufficientPrivilege or NoSchema => Error(
                ErrorKind.Storage,
                "CONTROL_UNREADABLE",
                $"{what} refuses {Role(address)} what is needed: {Said(error)}. As its owner: `grant all on schema public to {RoleName(address)}`, "
                    + $"and on all tables and sequences in it; or let {RoleName(address)} own the database."
            ),
            DiskFull => ControlErrors.Failed(
                $"The disk of the control database {address} is full. Free some space and try again.",
                error
            ),
            not null when !IsLost(error) => ControlErrors.Failed($"{what} failed: {Said(error)}", error),
            _ when IsLost(error) => Error(
                ErrorKind.Transient,
                "CONTROL_UNREACHABLE",
                $"{what} does not answer: {Said(error)}. See that its server runs and may be reached from here, and check host and port of 'control' in tidemark.yaml."
            ),
            _ => Refused(address, error),
        };

        TidemarkException Error(ErrorKind kind, string code, string message) => new(kind, code, message, error);
    }

    public static TidemarkException Unsuitable(PostgresAddress address, string why) =>
        new(ErrorKind.Configuration, "CONTROL_UNSUITABLE", $"The control database {address} cannot be used: {why}");

    private static TidemarkException Refused(PostgresAddress address, Exception error) =>
        new(
            ErrorKind.Unauthorized,
            "CONTROL_REFUSED",
            $"The control database {address} refuses {Role(address)}: {Said(error)}. Check user, password and sslmode of 'control' in tidemark.yaml "
                + "(in the password write % as %25, / as %2F, @ as %40, ? as %3F), and pg_hba.conf of the server.",
            error
        );

    private static string Role(PostgresAddress address) =>
        address.User is { } user ? $"the role '{user}'" : "the role of the operating system's user";

    private static string RoleName(PostgresAddress address) => address.User ?? "ROLE";

    private static string? StateOf(Exception error) => (error as PostgresException)?.SqlState;

    private static string Said(Exception error) =>
        error is PostgresException server ? server.MessageText.TrimEnd('.')
        : Cause(error) is { } cause && cause != error ? $"{error.Message} ({cause.Message})"
        : error.Message.TrimEnd('.');

    // What is under the driver's own exceptions.
    private static Exception? Cause(Exception error)
    {
        var cause = error.InnerException;
        while (cause is NpgsqlException { InnerException: { } inner })
        {
            cause = inner;
        }

        return cause;
    }
}
