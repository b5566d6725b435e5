using Tidemark.Core.Errors;
using Tidemark.Core.Files;
using Tidemark.DuckDb;

namespace Tidemark.Lake.Storage;

/// <summary>Turns what an operating system or an engine says about storage into errors that users can act on.</summary>
public static class StorageErrors
{
    /// <summary>A disk fails, in whatever way.</summary>
    public const string FailedCode = "STORE_FAILED";

    /// <summary>Something may not be read or written.</summary>
    public const string ReadOnlyCode = "STORE_READ_ONLY";

    /// <summary>The error for a failed file operation below <paramref name="path"/>.</summary>
    public static TidemarkException From(Exception error, string path)
    {
        if (error is NotAFileException)
        {
            return new TidemarkException(ErrorKind.Storage, FailedCode, error.Message, error);
        }

        // What the engine says, without the statement.
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

    /// <summary>Whether a disk cannot give what is asked for: that may be whole, and it may give other files.</summary>
    public static bool IsOfTheDisk(TidemarkException error) => error.Code is FailedCode or ReadOnlyCode;

    /// <summary>
    /// Whether an error says that nothing can be written any more. A link inside a table takes only what would go
    /// through it.
    /// </summary>
    public static bool StopsAll(TidemarkException error) =>
        error.Kind == ErrorKind.Storage && error.Code != InnerLink.Code;

    /// <summary>Whether an engine's message is about storage rather than about SQL.</summary>
    public static bool IsStorageMessage(string message) =>
        message.StartsWith("IO Error", StringComparison.Ordinal)
        || IsFull(message)
        || message.Contains("Read-only file system", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a message is about a disk that has no room left: whatever was being written may be well.
    /// </summary>
    public static bool IsFull(string message) =>
        message.Contains("No space left", StringComparison.OrdinalIgnoreCase)
        || message.Contains("disk full", StringComparison.OrdinalIgnoreCase)
        || message.Contains("not enough space", StringComparison.OrdinalIgnoreCase)
        || message.Contains("Disk quota", StringComparison.OrdinalIgnoreCase);
}
