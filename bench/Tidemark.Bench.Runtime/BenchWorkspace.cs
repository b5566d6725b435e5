using System.Globalization;
using Tidemark.Core;
using Tidemark.Hosting;

namespace Tidemark.Bench.Runtime;

/// <summary>A workspace with datasets of the bench's own vendor, and nothing else.</summary>
internal sealed class BenchWorkspace : IAsyncDisposable
{
    private readonly bool _keeps;

    private BenchWorkspace(string folder, bool keeps, int symbols)
    {
        Folder = folder;
        _keeps = keeps;
        var world = new HostWorld(
            new Dictionary<string, string>(),
            folder,
            new FixedClock(),
            new SystemIdSource(),
            Path.Combine(folder, "definitions")
        )
        {
            Vendors = [new NoOpVendor(symbols)],
        };
        Host = TidemarkHost.Open(world, folder);
    }

    public string Folder { get; }

    public TidemarkHost Host { get; }

    /// <summary>The last day of every bench, in the evening in Shanghai.</summary>
    public static DateOnly Last { get; } = new(2025, 6, 27);

    public static BenchWorkspace Make(string? control, int symbols, IEnumerable<(string Path, string Text)> definitions)
    {
        var folder = Directory.CreateTempSubdirectory("tidemark-runtime-").FullName;
        foreach (var kind in new[] { "datasets", "calendars", "checks", "warehouse", "catalog" })
        {
            Directory.CreateDirectory(Path.Combine(folder, "definitions", kind));
        }

        File.Copy(
            Path.Combine(RepositoryRoot(), "definitions", "calendars", "XSHG.csv"),
            Path.Combine(folder, "definitions", "calendars", "XSHG.csv")
        );
        foreach (var (path, text) in definitions)
        {
            File.WriteAllText(Path.Combine(folder, "definitions", path), text);
        }

        File.WriteAllText(
            Path.Combine(folder, "tidemark.yaml"),
            (control is null ? "" : $"control: {control}\n")
                + "plan: { from: 2025-06-01 }\nraw: { enabled: false }\npools: { targets: { symbols: [000001.SH] } }\n"
        );
        return new BenchWorkspace(folder, keeps: false, symbols);
    }

    /// <summary>One that stands, by another process.</summary>
    public static BenchWorkspace Open(string folder, int symbols) => new(folder, keeps: true, symbols);

    /// <summary>A dataset of a row for each symbol and day.</summary>
    public static (string Path, string Text) Bars(string name) =>
        (
            $"datasets/bench.{name}.yaml",
            $$"""
            dataset: bench.{{name}}
            title: Bars
            module: bench.{{name}}
            bucket: stock
            api: bars
            table: ods_bench_{{name}}
            grain: trading_day
            calendar: XSHG
            available: { at: "16:30", grace: 2h }
            request: { params: { day: "{dt}" }, row_cap: 100000 }
            date_column: day
            key: [symbol, day]
            columns:
              symbol: { type: text }
              day: { type: date }
              close: { type: double }
            """
        );

    /// <summary>A dataset with a unit for each symbol and month.</summary>
    public static (string Path, string Text) BySymbol(string name) =>
        (
            $"datasets/bench.{name}.yaml",
            $$"""
            dataset: bench.{{name}}
            title: Nothing, by symbol
            module: bench.{{name}}
            bucket: stock
            api: nothing
            table: ods_bench_{{name}}
            partition: month
            grain: symbol
            calendar: XSHG
            per: month
            part: { symbols_of: bench.list, sample: 000001.SH }
            available: { at: "16:30", grace: 2h }
            empty_is_ordinary: true
            request: { params: { symbol: "{part}", from: "{from}", to: "{to}" }, row_cap: 100000 }
            date_column: day
            key: [symbol, day]
            columns:
              symbol: { type: text }
              day: { type: date }
              close: { type: double }
            """
        );

    public static (string Path, string Text) List { get; } =
        (
            "datasets/bench.list.yaml",
            """
            dataset: bench.list
            title: Symbols
            module: bench.list
            bucket: stock
            api: list
            table: ods_bench_list
            grain: snapshot
            calendar: XSHG
            available: { at: "16:30", grace: 2h }
            request: { params: {}, row_cap: 100000 }
            tags: { symbol: symbol, kind: stock }
            key: [symbol]
            columns:
              symbol: { type: text }
            """
        );

    /// <summary>A check that each symbol has its row of a dataset on each day.</summary>
    public static (string Path, string Text) CheckOf(string name) =>
        (
            $"checks/stock.{name}.yaml",
            $$"""
            check: stock.{{name}}
            title: Bars
            pools: [source_pool]
            bucket: stock
            entities: { dataset: bench.list, symbol: symbol }
            required: [bench.{{name}}]
            """
        );

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        if (!_keeps)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tidemark.slnx")))
        {
            folder = Path.GetDirectoryName(folder.TrimEnd('/')) ?? throw new InvalidOperationException("no repository");
        }

        return folder;
    }

    /// <summary>Stands in the evening of <see cref="Last"/>; what is measured is measured by the real one.</summary>
    private sealed class FixedClock : TimeProvider
    {
        private readonly long _start = System.GetTimestamp();
        private readonly DateTimeOffset _evening = DateTimeOffset.Parse(
            "2025-06-27T20:00:00+08:00",
            CultureInfo.InvariantCulture
        );

        public override DateTimeOffset GetUtcNow() => (_evening + System.GetElapsedTime(_start)).ToUniversalTime();
    }
}
