using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Calendars;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Tables;
using Tidemark.Operations.Modules;
using Tidemark.Simulator.Faults;
using Tidemark.Simulator.Market;
using Tidemark.Simulator.Tushare;
using Tidemark.Testing;

namespace Tidemark.Operations.Tests.Support;

/// <summary>
/// A workspace with the shipped definitions against the simulated vendor, on Thursday 2026-08-20 at 21:00 in Shanghai;
/// its plan is that day and the one before. What a face other than the command line has in its hands: operations, and
/// nothing printed.
/// </summary>
internal sealed class OpenWorkspace : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-door-").FullName;
    private readonly TushareSimulator _vendor;

    private OpenWorkspace(TushareSimulator vendor, ManualClock clock)
    {
        _vendor = vendor;
        Clock = clock;
        Write(
            "tidemark.yaml",
            $$"""
            plan: { from: 2026-08-19, to: 2026-08-20 }
            vendors:
              tushare: { url: "{{vendor.Address}}", token: {{Token}}, rate_limits: { default: 1000000/min } }
            raw: { enabled: false }
            engine: { threads: 1, memory: 512MB }
            """
        );
        Operations = TidemarkHost.Open(World, _folder);
    }

    public IOperations Operations { get; private set; }

    /// <summary>What the vendor has, where it has to be let go.</summary>
    private IDisposable? Source { get; init; }

    /// <summary>The time of the workspace and of its vendor.</summary>
    public ManualClock Clock { get; }

    /// <summary>What it is opened with.</summary>
    public HostWorld World => new(new Dictionary<string, string>(), _folder, Clock, new SystemIdSource());

    private static ManualClock Evening() => new(new DateTimeOffset(2026, 8, 20, 13, 0, 0, TimeSpan.Zero));

    /// <summary>The token that the workspace names.</summary>
    public const string Token = "test";

    /// <param name="points">What the account has; nothing is closed to one of which nothing is said.</param>
    public static Task<OpenWorkspace> StartAsync(params PointsTranche[] points) =>
        StartAsync(points, new Dictionary<string, PointsTranche[]>());

    /// <param name="points">What the account has.</param>
    /// <param name="others">What others have that the vendor knows, by token; any other token is refused.</param>
    /// <param name="waves">Whether the flags of the three waves are on; else all are as in a new workspace.</param>
    /// <param name="faults">A fault plan (YAML); null for none.</param>
    public static async Task<OpenWorkspace> StartAsync(
        PointsTranche[] points,
        IReadOnlyDictionary<string, PointsTranche[]> others,
        bool waves = true,
        string? faults = null
    )
    {
        var calendars = Path.Combine(AppContext.BaseDirectory, "definitions", "calendars");
        var calendar = CalendarFile.Parse("XSHG", File.ReadAllText(Path.Combine(calendars, "XSHG.csv")), "XSHG.csv");
        var market = new SyntheticMarket(
            new SyntheticMarketOptions
            {
                Calendar = calendar,
                LastDay = new DateOnly(2026, 8, 20),
                Stocks = 20,
                Etfs = 2,
                Indices = 2,
            }
        );
        var clock = Evening();
        var workspace = new OpenWorkspace(
            await TushareSimulator.StartAsync(
                new TushareSimulatorOptions
                {
                    Source = market,
                    Points = points.Length > 0 ? points : null,
                    AcceptedTokens = others.Count > 0 ? others.Keys.Append(Token).ToHashSet() : null,
                    Accounts = others.ToDictionary(
                        of => of.Key,
                        of => new TushareSimulatorOptions { Source = market, Points = of.Value }
                    ),
                    Faults = faults is null ? null : FaultRules.Parse(faults),
                    TimeProvider = clock,
                },
                TestContext.Current.CancellationToken
            ),
            clock
        );
        if (waves)
        {
            await workspace.SwitchAsync([.. FlagNames.Waves], on: true);
        }

        return workspace;
    }

    /// <summary>Switches flags of the rollout.</summary>
    public Task<FlagsResponse> SwitchAsync(string[] flags, bool on) =>
        Get<FlagsOperation>()
            .SetAsync(
                new SetFlagsRequest(flags.ToDictionary(name => name, _ => on, StringComparer.Ordinal), "a test"),
                TestContext.Current.CancellationToken
            );

    /// <summary>The same, but the vendor has nothing but rows of one call.</summary>
    public static async Task<OpenWorkspace> ReplayAsync(string api, string csv)
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-replay-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "tushare"));
        await File.WriteAllTextAsync(Path.Combine(folder, "tushare", $"{api}.csv"), csv);
        var replay = new ReplaySource(folder);
        Directory.Delete(folder, recursive: true);
        var vendor = await TushareSimulator.StartAsync(
            new TushareSimulatorOptions { Source = replay },
            TestContext.Current.CancellationToken
        );
        return new OpenWorkspace(vendor, Evening()) { Source = replay };
    }

    public T Get<T>()
        where T : notnull => Operations.Get<T>();

    /// <summary>Another process on the same workspace: what was read of its definitions is read again.</summary>
    public async Task ReopenAsync()
    {
        await Operations.DisposeAsync();
        Operations = TidemarkHost.Open(World, _folder);
    }

    public void Write(string path, string text)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>Text at the end of a file.</summary>
    public void Add(string path, string text) => File.AppendAllText(PathOf(path), "\n" + text);

    public string PathOf(string path) => Path.Combine(_folder, path);

    public string Text(string path) => File.ReadAllText(PathOf(path));

    /// <summary>The names of all files in a folder; none where there is no folder.</summary>
    public string[] Files(string folder) =>
        Directory.Exists(PathOf(folder))
            ? [.. Directory.GetFiles(PathOf(folder)).Select(f => Path.GetFileName(f)).Order()]
            : [];

    public void Remove(string folder) => Directory.Delete(Path.Combine(_folder, folder), recursive: true);

    /// <summary>The version of a table; −1 when it is not there.</summary>
    public async Task<long> VersionAsync(string table)
    {
        var snapshot = await Get<DataLake>()
            .Table(TableId.Parse(table))
            .SnapshotAsync(TestContext.Current.CancellationToken);
        return snapshot.Exists ? snapshot.Version : -1;
    }

    public async ValueTask DisposeAsync()
    {
        await Operations.DisposeAsync();
        await _vendor.DisposeAsync();
        Source?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
