using System.Diagnostics;
using Tidemark.Control.Settings;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;
using Tidemark.Operations.Modules;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Status;
using Tidemark.Operations.Symbols.Targets;
using Tidemark.Operations.Tables;
using Tidemark.Operations.Workspaces;

namespace Tidemark.Operations.Simulation;

/// <summary>Make or continue a complete workspace against a simulated vendor.</summary>
/// <param name="Folder">The workspace, absolute; created when it does not exist.</param>
/// <param name="Market">The vendor's market, as far as it was named.</param>
/// <param name="Serves">Whether the vendor must be reachable where the workspace names it.</param>
public sealed record DemoRequest(string Folder, DemoMarket Market, bool Serves);

/// <summary>The workspace, still open, and its vendor, which runs until this is disposed.</summary>
public sealed class DemoResponse(IOperations workspace, ISimulatedMarket market, ISimulatedVendor vendor)
    : IAsyncDisposable
{
    /// <summary>
    /// The first and the last day of a newly created workspace; null where an existing one was continued.
    /// </summary>
    public (DateOnly From, DateOnly To)? NewDays { get; init; }

    /// <summary>The flags that it switched on; empty where somebody had decided about them.</summary>
    public IReadOnlyList<string> FlagsOn { get; init; } = [];

    /// <summary>The run, with its build.</summary>
    public required RunPoolsResponse Run { get; init; }

    /// <summary>The tidemark of the whole market.</summary>
    public required StatusResponse Status { get; init; }

    /// <summary>The names of the tables.</summary>
    public required IReadOnlyList<string> Tables { get; init; }

    /// <summary>The number of rows in all tables.</summary>
    public required long Rows { get; init; }

    /// <summary>The number of days of daily bars.</summary>
    public required int Days { get; init; }

    /// <summary>A symbol that the workspace watches; null when it watches none.</summary>
    public required string? Target { get; init; }

    /// <summary>The duration in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>
    /// The environment variable that tells the workspace where the vendor listens; null where the file is right
    /// already.
    /// </summary>
    public required string? VendorSetting { get; init; }

    /// <summary>The workspace.</summary>
    public IOperations Workspace => workspace;

    /// <summary>
    /// A recording may have holes: once everything that it holds is served, the status shows the rest and the demo is
    /// done. A table that could not be built is a failure here, because no later run builds it.
    /// </summary>
    public Verdict Verdict =>
        Run.Built is { IsStopped: false, IsWhole: false } && Run.Verdict is Verdict.Done or Verdict.Incomplete
            ? Verdict.Failed
        : Run.Verdict == Verdict.Incomplete && Run.Runs.All(r => r.Failed + r.Open + r.Left == 0) ? Verdict.Done
        : Run.Verdict;

    public async ValueTask DisposeAsync()
    {
        await workspace.DisposeAsync();
        await vendor.DisposeAsync();
        market.Dispose();
    }
}

/// <summary>
/// <c>demo</c>: a complete workspace against a simulated vendor in this process. Everything but the vendor works as in
/// a real workspace. Calling it again on the same folder continues where it stopped.
/// </summary>
public sealed class DemoOperation(IWorkspaces workspaces, ISimulatedVendors vendors)
{
    private const string VendorVariable = "TIDEMARK__VENDORS__TUSHARE__URL";
    private const string TokenVariable = "TIDEMARK__VENDORS__TUSHARE__TOKEN";
    private const string Token = "demo";

    /// <exception cref="TidemarkException">
    /// The folder is a workspace of a real vendor; a request, a recording or the workspace is wrong.
    /// </exception>
    public async Task<DemoResponse> RunAsync(DemoRequest request, IRunWatcher watcher, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        var wanted = await MarketOfAsync(request, stop);
        var market = vendors.OpenMarket(wanted.Simulation);
        ISimulatedVendor? vendor = null;
        IOperations? workspace = null;
        try
        {
            var days = EnsureWorkspace(request.Folder, wanted, market);
            var port = request.Serves ? workspaces.VendorOf(request.Folder).Port : 0;
            vendor = await market.StartAsync(port, stop);
            workspace = workspaces.Open(request.Folder, Settings(vendor));
            await workspace.Get<SettingsStore>().SetAsync(SettingKeys.DemoMarket, wanted, stop);
            var flags = await SwitchOnAsync(workspace.Get<FlagsOperation>(), stop);
            var run = await workspace
                .Get<RunOperation>()
                .RunAsync(new RunPoolsRequest(Pools.Of(Pools.Both), [], Mode: RunMode.Bootstrap), watcher, stop);
            stop.ThrowIfCancellationRequested();
            var status = await workspace
                .Get<StatusOperation>()
                .RunAsync(new StatusRequest(Pool.Universe.ViewName()), stop);
            var tables = (await workspace.Get<ListTables>().RunAsync(stop)).Tables;
            return new DemoResponse(workspace, market, vendor)
            {
                NewDays = days,
                FlagsOn = flags,
                Run = run,
                Status = status,
                Tables = [.. tables.Select(t => t.Table)],
                Rows = tables.Sum(t => t.Rows),
                Days = await workspace.Get<ListTables>().DaysAsync("ods.ods_daily", stop),
                Target = (await workspace.Get<TargetPool>().RulesAsync(stop)).Named is [var named, ..]
                    ? named.Typed
                    : null,
                Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
                VendorSetting = vendor.Port == port ? null : $"{VendorVariable}={AddressOf(vendor)}",
            };
        }
        catch
        {
            if (workspace is not null)
            {
                await workspace.DisposeAsync();
            }

            if (vendor is not null)
            {
                await vendor.DisposeAsync();
            }

            market.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A demo shows everything at once, so the waves are on. Not where somebody has decided: a flag that is off stays
    /// off.
    /// </summary>
    private static async Task<IReadOnlyList<string>> SwitchOnAsync(FlagsOperation flags, CancellationToken stop)
    {
        if (await flags.AreSetAsync(stop))
        {
            return [];
        }

        var on = FlagNames.Waves.ToDictionary(name => name, _ => true, StringComparer.Ordinal);
        await flags.SetAsync(new SetFlagsRequest(on, "tidemark demo"), stop);
        return FlagNames.Waves;
    }

    /// <summary>The first call decides the market; later calls continue with it, whatever day it is then.</summary>
    private async Task<DemoMarket> MarketOfAsync(DemoRequest request, CancellationToken stop)
    {
        var folder = request.Folder;
        if (!workspaces.Exists(folder))
        {
            return request.Market;
        }

        // In a workspace of a real vendor, invented rows would mix with its own.
        if (workspaces.VendorOf(folder) is { IsLoopback: false } real)
        {
            throw Exists(
                $"{folder} is a workspace that fetches from {real}: the demo would mix its made-up rows with real ones. Nothing was done; choose another folder."
            );
        }

        await using var workspace = workspaces.Open(folder, new Dictionary<string, string> { [TokenVariable] = Token });
        var kept = await workspace.Get<SettingsStore>().GetAsync<DemoMarket>(SettingKeys.DemoMarket, stop);
        return kept switch
        {
            null => request.Market, // a demo of a version that did not keep it
            { } market when market.DiffersFrom(request.Market) is { } option => throw Exists(
                $"{folder} is a demo with {option}: rows of another market would mix with its own. Nothing was done. Leave the option out to go on with that one, or choose another folder."
            ),
            _ => kept,
        };
    }

    private (DateOnly From, DateOnly To)? EnsureWorkspace(string folder, DemoMarket wanted, ISimulatedMarket market)
    {
        if (workspaces.Exists(folder))
        {
            return null;
        }

        var (from, to) = market.Days(wanted.Days ?? DemoMarket.UsualDays);
        workspaces.Create(
            folder,
            new Dictionary<string, string>
            {
                // A recording has what it has; the invented market answers everything.
                ["on"] = wanted.Replay is null ? "P0, P1" : "",
                ["plan.from"] = from.ToIso(),
                ["plan.to"] = to.ToIso(),
                ["vendors.tushare.url"] = $"http://127.0.0.1:{TushareSimulation.DefaultPort}",
                ["vendors.tushare.token"] = Token,
                ["pools.targets.symbols"] = string.Join(", ", market.SomeStocks()),
            }
        );
        return (from, to);
    }

    private static Dictionary<string, string> Settings(ISimulatedVendor vendor) =>
        new(StringComparer.Ordinal)
        {
            [VendorVariable] = AddressOf(vendor),
            [TokenVariable] = Token,
            ["TIDEMARK__VENDORS__TUSHARE__RATE_LIMITS__DEFAULT"] = "1000000/min",
        };

    private static TidemarkException Exists(string message) =>
        new(ErrorKind.Configuration, "WORKSPACE_EXISTS", message);

    private static string AddressOf(ISimulatedVendor vendor) => $"http://{vendor.Host}:{vendor.Port}/";
}
