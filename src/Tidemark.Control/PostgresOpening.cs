using Tidemark.Control.Dialects;
using Tidemark.Control.Telemetry;
using Tidemark.Core.Secrets;

namespace Tidemark.Control;

/// <summary>Opens a control database on PostgreSQL; to be read only, where nothing may be written.</summary>
internal static class PostgresOpening
{
    public static async Task<ControlDatabase> OpenAsync(
        PostgresAddress address,
        string keysFolder,
        TimeProvider time,
        SecretMask secrets,
        ControlTelemetry? telemetry,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var dialect = new PostgresDialect(address, patience);
        try
        {
            return await new ControlDatabase(dialect, keysFolder, time, secrets, telemetry, patience).ReadyAsync(
                async () =>
                {
                    await dialect.LookAsync(cancellationToken);
                    await (
                        dialect.IsReadOnly
                            ? Migrator.EnsureCurrentAsync(dialect, cancellationToken)
                            : Migrator.MigrateAsync(dialect, time, cancellationToken)
                    );
                }
            );
        }
        catch (Exception error) when (dialect.IsFailure(error))
        {
            throw dialect.Explain(error);
        }
    }
}
