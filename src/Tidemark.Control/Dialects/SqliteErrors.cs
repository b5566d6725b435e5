using Microsoft.Data.Sqlite;
using Tidemark.Core.Errors;

namespace Tidemark.Control.Dialects;

/// <summary>SQLite's errors in words that help.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    public static TidemarkException Unreadable(string file, Exception error)
    {
        var cause = error is SqliteException { SqliteErrorCode: NotADatabase }
            ? "it is not a SQLite database. Move the file away, or set 'control' to another one"
            : $"{error.Message}. Check 'control' in tidemark.yaml, the folder and its permissions";
        return new TidemarkException(
            ErrorKind.Storage,
            "CONTROL_UNREADABLE",
            $"The control database {file} cannot be opened: {cause}.",
            error
        );
    }

    /// <summary>In the place of the database, or of a file that SQLite keeps beside it, is something else.</summary>
    public static TidemarkException NoFile(string file, string path) =>
        new(
            ErrorKind.Storage,
            "CONTROL_UNREADABLE",
            $"The control database {file} cannot be opened: {path} is a folder, a pipe or a device, no file. "
                + (
                    path == file
                        ? "Move it away, or correct 'control' in tidemark.yaml."
                        : "Move it away: SQLite needs this name for itself."
                )
        );

    public static TidemarkException From(string file, SqliteException error) =>
        error.SqliteErrorCode switch
        {
            Busy or Locked => new TidemarkException(
                ErrorKind.Transient,
                "CONTROL_BUSY",
                $"The control database {file} is held by another process for too long. Try again, or see which one has it open.",
                error
            ),
            Full => ControlErrors.Failed(
                $"The disk of the control database {file} is full. Free some space and try again.",
                error
            ),
            ReadOnly => ControlErrors.Failed(
                $"The control database {file} cannot be written: it or its folder is read-only.",
                error
            ),
            _ => ControlErrors.Failed($"The control database {file} failed: {error.Message}", error),
        };

    /// <summary>Whether an error at opening is one that goes where files may be written.</summary>
    public static bool IsForWantOfWriting(Exception error) =>
        error
            is UnauthorizedAccessException
                or IOException
                or SqliteException { SqliteErrorCode: ReadOnly or CannotOpen };
}
