using System.Data.Common;
using System.Globalization;
using Tidemark.Control.Dialects;
using Tidemark.Core.Errors;

namespace Tidemark.Ingest.Tests.Simulation;

/// <summary>
/// The control database as one process has it: its time is the simulation's, and each transaction that writes is a point
/// at which the process may end, before it is kept and after. What the leases are then, a monitor sees.
/// </summary>
internal sealed class SimulatedControl(
    ControlDialect inner,
    WorkerLife life,
    SimulatedClock clock,
    LeaseMonitor monitor
) : ControlDialect
{
    public override string Place => inner.Place;

    public override bool IsReadOnly => false;

    public override string NowSql =>
        "cast(" + clock.Now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) + " as integer)";

    public override string CountTablesSql => inner.CountTablesSql;

    public override string AdviseSql(string sql) => inner.AdviseSql(sql);

    public override Task<DbConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        life.Live("connect");
        return inner.ConnectAsync(cancellationToken);
    }

    public override Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        inner.BeginReadAsync(connection, cancellationToken);

    public override async Task<ControlWrite> BeginWriteAsync(Patience patience, CancellationToken cancellationToken)
    {
        await life.PassAsync(PointKind.Transaction, "before a transaction");
        return new Write(await inner.BeginWriteAsync(patience, cancellationToken), life, clock, monitor);
    }

    public override string Schema(string migration) => inner.Schema(migration);

    public override object Value(object value) => inner.Value(value);

    public override Task ExecuteManyAsync(
        DbConnection connection,
        DbTransaction? transaction,
        string sql,
        IReadOnlyList<string> names,
        IEnumerable<object[]> items,
        CancellationToken cancellationToken
    ) => inner.ExecuteManyAsync(connection, transaction, sql, names, items, cancellationToken);

    public override bool IsFailure(Exception error) => inner.IsFailure(error);

    public override bool IsPassing(Exception error) => inner.IsPassing(error);

    public override TidemarkException Explain(Exception error) => inner.Explain(error);

    // The pool of connections is shared with the other processes.
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Write(ControlWrite inner, WorkerLife life, SimulatedClock clock, LeaseMonitor monitor)
        : ControlWrite(inner.Connection, inner.Transaction)
    {
        public override async Task CommitAsync(CancellationToken cancellationToken)
        {
            life.Live("commit");
            monitor.Look(Connection, Transaction, clock.Now);
            await inner.CommitAsync(cancellationToken);
            await life.PassAsync(PointKind.Transaction, "after a transaction");
        }
    }
}

/// <summary>
/// Looks at the leases whenever somebody writes: one passes to another holder only when it was given back or has run
/// out by the database's time, and always with a higher epoch. Thread-safe.
/// </summary>
internal sealed class LeaseMonitor
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Lease> _leases = [];
    private readonly List<string> _faults = [];

    /// <summary>What must not be.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>How often a lease had another holder than before.</summary>
    public int Handovers { get; private set; }

    /// <summary>How often it was taken from a holder that had not given it back.</summary>
    public int Takeovers { get; private set; }

    public void Look(DbConnection connection, DbTransaction transaction, DateTimeOffset now)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "select lane, owner, expires_at, epoch, released from lane_leases";
        using var reader = command.ExecuteReader();
        lock (_lock)
        {
            while (reader.Read())
            {
                See(
                    reader.GetString(0),
                    new Lease(reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4) != 0),
                    now
                );
            }
        }
    }

    private void See(string pool, Lease lease, DateTimeOffset now)
    {
        if (_leases.TryGetValue(pool, out var before) && before.Owner != lease.Owner)
        {
            Handovers++;
            Takeovers += before.IsReleased ? 0 : 1;
            if (!before.IsReleased && before.ExpiresAt > now.ToUnixTimeMilliseconds())
            {
                _faults.Add($"{now:u} {pool}: {lease} has it while it is of {before}");
            }

            if (lease.Epoch <= before.Epoch)
            {
                _faults.Add($"{now:u} {pool}: {lease} came after {before} without a higher epoch");
            }
        }

        _leases[pool] = lease;
    }

    private sealed record Lease(string Owner, long ExpiresAt, long Epoch, bool IsReleased);
}
