using System.Text;
using Tidemark.Core.Columns;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;
using Tidemark.Lake.Tests.Compaction;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>Units whose rows say their day: (date, code, price), with a key that is one only within a day.</summary>
internal sealed class WideRig : IDisposable
{
    private static readonly ColumnDefinition[] s_columns =
    [
        new("code", ColumnKind.Text, Nullable: false),
        new("price", ColumnKind.Double, "CNY"),
        new("trade_date", ColumnKind.Date),
    ];

    private readonly CompactionRig _rig;

    public WideRig(TablePartitioning? partitioning = null)
    {
        _rig = new CompactionRig(partitioning);
        Definition = LakeFixture.Prices(new LakeColumn("trade_date", LakeType.Date)) with
        {
            Partitioning = partitioning ?? TablePartitioning.Day,
            Key = partitioning == TablePartitioning.None ? ["code", "trade_date"] : ["code"],
        };
    }

    public static DateOnly Day => LakeFixture.Day;

    public LakeFixture Fixture => _rig.Fixture;

    public CompactionRig Compaction => _rig;

    public TableDefinition Definition { get; }

    public Task<TableSnapshot> SnapshotAsync() => _rig.SnapshotAsync();

    /// <summary>Rows as (days after the first, code, price).</summary>
    public static ColumnBatch Batch(params (int? Day, string Code, double? Price)[] rows)
    {
        var batch = new ColumnBatch(s_columns);
        foreach (var (day, code, price) in rows)
        {
            ((TextColumn)batch.Columns[0]).Append(Encoding.UTF8.GetBytes(code));
            Append<double>(batch.Columns[1], price);
            Append<int>(
                batch.Columns[2],
                day is { } after ? Day.DayNumber + after - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber : null
            );
        }

        return batch;
    }

    public Task<CommitResult> CommitAsync(string unit, params (int? Day, string Code, double? Price)[] rows) =>
        CommitAsync(new CommitRequest("TEST"), (unit, rows));

    public async Task<CommitResult> CommitAsync(
        CommitRequest request,
        params (string Unit, (int? Day, string Code, double? Price)[] Rows)[] units
    )
    {
        var lake = Fixture.NewLake();
        using var staging = lake.Stage(Definition, "run");
        foreach (var (unit, rows) in units)
        {
            if (Definition.HasDays)
            {
                staging.Append(unit, Day, Batch(rows), seen: null, "trade_date");
            }
            else
            {
                staging.Append(unit, null, Batch(rows));
            }
        }

        return await lake.CommitAsync(staging, request, default);
    }

    /// <summary>The table as <c>days after the first|code|price</c>, in this order.</summary>
    public Task<List<string>> RowsAsync() =>
        Fixture.RowsAsync(
            $"SELECT trade_date - DATE '2022-06-01', code, price FROM ods.ods_prices "
                + $"{(Definition.HasDays ? "WHERE dt = trade_date " : "")}ORDER BY ALL"
        );

    public async Task<IReadOnlyList<VerifyFinding>> FaultsAsync()
    {
        var lake = Fixture.NewLake();
        return (
            await new LakeVerifier(lake).VerifyAsync(lake.Table(CompactionRig.Prices), false, null, default)
        ).Faults;
    }

    public void Dispose() => _rig.Dispose();

    private static void Append<T>(Column column, T? value)
        where T : unmanaged
    {
        if (value is { } some)
        {
            ((ValueColumn<T>)column).Append(some);
        }
        else
        {
            column.AppendNull();
        }
    }
}

internal static class CountAssertions
{
    public static void ShouldCount(
        this Tidemark.Lake.Staging.UnitCounts counts,
        long inserted,
        long updated,
        long unchanged,
        long deleted
    ) =>
        (counts.Inserted, counts.Updated, counts.Unchanged, counts.Deleted).ShouldBe(
            (inserted, updated, unchanged, deleted)
        );
}
