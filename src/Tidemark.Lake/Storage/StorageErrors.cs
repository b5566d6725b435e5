using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.DuckDb;

namespace Tidemark.Lake.Storage;

/// <summary>
/// Turns an operating system's or an engine's errors about storage into errors that users can act on.
/// </summary>
public static class StorageErrors
{
    /// <summary>The code when a disk fails in any way.</summary>
    public const string FailedCode = "STORE_FAILED";

    /// <summary>The code when something may not be read or written.</summary>
    public const string ReadOnlyCode = "STORE_READ_ONLY";

    /// <summary>The error for a failed file operation below <paramref name="path"/>.</summary>
    public static TidemarkException From(Exception error, string path)
    {
        if (error is NotAFileException)
        {
            return new TidemarkException(ErrorKind.Storage, FailedCode, error.Message, error);
        }

        // The engine's message without the statement.
        var message = error is DuckDbException engine ? engine.EngineMessage : error.Message;
        var (code, advice) = message switch
        {
            var m when IsFull(m) => (
                "DISK_FULL",
                "Free some space and run the command again; nothing half-written is visible."
            ),
            var m
                when error is UnauthorizedAccessException
                    || m.Contains("Read-only", StringComparison.OrdinalIgnoreCase)
                    || m.Contains("Permission denied", StringComparison.OrdinalIgnoreCase) => (
                ReadOnlyCode,
                "Check the owner and the mount of the lake's folder."
            ),
            _ => (FailedCode, "Check the disk and run the command again."),
        };
        return new TidemarkException(ErrorKind.Storage, code, $"{path}: {message.TrimEnd('.', ' ')}. {advice}", error);
    }

    /// <summary>Whether a disk cannot give a file. The file may be whole, and the disk may give others.</summary>
    public static bool IsOfTheDisk(TidemarkException error) => error.Code is FailedCode or ReadOnlyCode;

    /// <summary>
    /// Whether an error means that nothing can be written any more. A link inside a table affects only what goes
    /// through it.
    /// </summary>
    public static bool StopsAll(TidemarkException error) =>
        error.Kind == ErrorKind.Storage && error.Code != InnerLink.Code;

    /// <summary>Whether an engine's message is about storage rather than about SQL.</summary>
    public static bool IsStorageMessage(string message) =>
        message.StartsWith("IO Error", StringComparison.Ordinal)
        || IsFull(message)
        || message.Contains("Read-only file system", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a message says that a disk is full: the data that was being written may be fine.</summary>
    public static bool IsFull(string message) =>
        message.Contains("No space left", StringComparison.OrdinalIgnoreCase)
        || message.Contains("disk full", StringComparison.OrdinalIgnoreCase)
        || message.Contains("not enough space", StringComparison.OrdinalIgnoreCase)
        || message.Contains("Disk quota", StringComparison.OrdinalIgnoreCase);
}
