using Tidemark.Core.Datasets;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Commits;

/// <summary>
/// A dataset that is fetched by day and by symbol: days of the whole market beside stretches of one code, each of which
/// decides over its rows, whichever brought them.
/// </summary>
internal sealed class ScopeRig(TablePartitioning? partitioning = null) : IDisposable
{
    private readonly WideRig _rig = new(partitioning);

    public WideRig Wide => _rig;

    public static DateOnly Day(int number) => WideRig.Day.AddDays(number);

    public static string NameOf(int day) => new UnitId("p", Day(day)).ToString();

    public static string NameOf(string code, int from, int to) =>
        new UnitId("p", UnitPeriod.OfRange(Day(from), Day(to)), code).ToString();

    public Task<CommitResult> DayAsync(int day, params (string Code, double? Price)[] rows) =>
        CommitAsync(s => AppendDay(s, day, rows));

    public Task<CommitResult> CodeAsync(string code, int from, int to, params (int Day, double? Price)[] rows) =>
        CommitAsync(s => AppendCode(s, code, from, to, rows));

    public async Task<CommitResult> CommitAsync(Action<TableStaging> append, string? reason = null)
    {
        var lake = _rig.Fixture.NewLake();
        using var staging = lake.Stage(_rig.Definition, "run");
        append(staging);
        return await lake.CommitAsync(staging, new CommitRequest("TEST", ShrinkReason: reason), default);
    }

    public static void AppendDay(
        TableStaging staging,
        int day,
        (string Code, double? Price)[] rows,
        TableSnapshot? seen = null
    )
    {
        var unit = new UnitId("p", Day(day));
        staging.Append(
            unit.ToString(),
            Day(day),
            WideRig.Batch([.. rows.Select(r => ((int?)day, r.Code, r.Price))]),
            seen,
            scope: new RowScope(unit)
        );
    }

    public static void AppendCode(
        TableStaging staging,
        string code,
        int from,
        int to,
        (int Day, double? Price)[] rows,
        TableSnapshot? seen = null
    )
    {
        var unit = new UnitId("p", UnitPeriod.OfRange(Day(from), Day(to)), code);
        staging.Append(
            unit.ToString(),
            Day(from),
            WideRig.Batch([.. rows.Select(r => ((int?)r.Day, code, r.Price))]),
            seen,
            "trade_date",
            scope: new RowScope(unit, "code")
        );
    }

    public void Dispose() => _rig.Dispose();
}
