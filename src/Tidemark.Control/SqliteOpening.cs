using Microsoft.Data.Sqlite;
using Tidemark.Control.Dialects;
using Tidemark.Control.Telemetry;
using Tidemark.Core.Files;
using Tidemark.Core.Secrets;

namespace Tidemark.Control;

/// <summary>Opens a control database in a SQLite file; to be read only, where nothing may be written.</summary>
internal static class SqliteOpening
{
    // The database itself, and what SQLite keeps beside it.
    private static readonly string[] s_besides = ["", "-wal", "-shm", "-journal"];

    public static async Task<ControlDatabase> OpenAsync(
        string path,
        TimeProvider time,
        SecretMask secrets,
        ControlTelemetry? telemetry,
        CancellationToken cancellationToken
    )
    {
        var file = Path.GetFullPath(path);
        ControlDatabase On(ControlDialect dialect) =>
            new(dialect, file + ".keys", time, secrets, telemetry, Patience.Usual);

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            EnsureFiles(file);
            var dialect = new SqliteDialect(file, file, SqliteOpenMode.ReadWriteCreate);
            return await On(dialect).ReadyAsync(() => Migrator.MigrateAsync(dialect, time, cancellationToken));
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            if (File.Exists(file) && SqliteErrors.IsForWantOfWriting(error))
            {
                foreach (var dialect in WaysToRead(file))
                {
                    try
                    {
                        return await On(dialect)
                            .ReadyAsync(() => Migrator.EnsureCurrentAsync(dialect, cancellationToken));
                    }
                    catch (SqliteException)
                    {
                        // The next way; when there is none, the first error says most.
                    }
                }
            }

            throw SqliteErrors.Unreadable(file, error);
        }
    }

    // SQLite tells of a folder in the place of one of its files as of something that may not be written, and waits for
    // pipes.
    private static void EnsureFiles(string file)
    {
        foreach (var path in s_besides.Select(suffix => file + suffix))
        {
            if (Directory.Exists(path) || DataFile.IsPipeOrDevice(path))
            {
                throw SqliteErrors.NoFile(file, path);
            }
        }
    }

    private static IEnumerable<SqliteDialect> WaysToRead(string file)
    {
        yield return new SqliteDialect(file, file, SqliteOpenMode.ReadOnly);
        if (new FileInfo(file + "-wal") is not { Exists: true, Length: > 0 })
        {
            // Without a log beside it the file is all there is. SQLite would want to make one, even to read.
            var uri = "file:" + string.Join('/', file.Split('/').Select(Uri.EscapeDataString)) + "?immutable=1";
            yield return new SqliteDialect(file, uri, SqliteOpenMode.ReadOnly);
        }
    }
}
