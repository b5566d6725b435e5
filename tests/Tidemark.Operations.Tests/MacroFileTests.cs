using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Operations.Query;
using Tidemark.Operations.Runs;
using Tidemark.Testing;

namespace Tidemark.Operations.Tests;

/// <summary>Macro figures of one's own, in files: whatever they look like, no figure's values are lost by another's.</summary>
public sealed class MacroFileTests : IAsyncDisposable
{
    private const string Values =
        "SELECT string_agg(concat_ws(' ', dataset, field, period, value), ', ' ORDER BY dataset, field, period, seen_at) FROM ods.ods_macro_vintage";

    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-macro-").FullName;
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 8, 20, 13, 0, 0, TimeSpan.Zero));
    private readonly List<TidemarkHost> _hosts = [];

    public MacroFileTests() => Write("tidemark.yaml", "engine: { threads: 1, memory: 512MB }\n");

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Run_OfFiguresThatAreCalledLikeColumnsOfTheMemory_KeepsThemAll()
    {
        Declare("odd", "day", "day: { type: date }\n  period: { type: double }\n  value: { type: double }");
        Drop("odd", "day,period,value\n2026-07-31,1,2\n");

        (await RunAsync("odd")).ShouldBe("file.odd period 2026-07-31 1.0, file.odd value 2026-07-31 2.0");
    }

    [Fact]
    public async Task Run_OfFiguresOfSeveralRowsAPeriod_KeepsNone()
    {
        // Which of them a value was nobody could tell afterwards.
        Declare("many", "code", "code: { type: text }\n  day: { type: date }\n  value: { type: double }");
        Declare("one", "day", "day: { type: date }\n  value: { type: double }");
        Drop("many", "code,day,value\nA,2026-07-31,1\nB,2026-07-31,2\n");
        Drop("one", "day,value\n2026-07-31,3\n");

        (await RunAsync("many", "one")).ShouldBe("file.one value 2026-07-31 3.0");
    }

    [Fact]
    public async Task Run_AfterAColumnWasDeclared_KeepsTheOthersUntilItIsThere()
    {
        Declare("one", "day", "day: { type: date }\n  value: { type: double }");
        Declare("two", "day", "day: { type: date }\n  value: { type: double }");
        Drop("one", "day,value\n2026-07-31,1\n");
        Drop("two", "day,value\n2026-07-31,1\n");
        await RunAsync("one", "two");
        Declare("two", "day", "day: { type: date }\n  value: { type: double }\n  more: { type: double }");
        Drop("one", "day,value\n2026-07-31,9\n");
        _clock.Advance(TimeSpan.FromMinutes(1));

        (await RunAsync("one")).ShouldBe(
            "file.one value 2026-07-31 1.0, file.one value 2026-07-31 9.0, file.two value 2026-07-31 1.0"
        );
    }

    private void Declare(string name, string key, string columns) =>
        Write(
            $"definitions/datasets/file.{name}.yaml",
            $$"""
            dataset: file.{{name}}
            title: My figures
            module: my.{{name}}
            bucket: macro
            api: {{name}}
            table: ods_{{name}}
            grain: period
            per: month
            calendar: XSHG
            available: { at: "16:30", days_later: 2 }
            request: { params: { path: "{{name}}-{month}.csv" }, row_cap: 1000 }
            date_column: day
            key: [{{key}}]
            columns:
              {{columns}}
            """
        );

    private void Drop(string name, string text) => Write($"drops/{name}-202607.csv", text);

    private void Write(string path, string text)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>Runs in a program of its own, which reads the definitions as they are now; returns what is kept.</summary>
    private async Task<string?> RunAsync(params string[] names)
    {
        var host = TidemarkHost.Open(
            new HostWorld(new Dictionary<string, string>(), _folder, _clock, new SystemIdSource()),
            _folder
        );
        _hosts.Add(host);
        await host.Get<RunOperation>()
            .RunAsync(
                new RunPoolsRequest([Pool.Universe], [.. names.Select(name => $"file.{name}")], IsScheduled: false),
                new NoWatcher(),
                TestContext.Current.CancellationToken
            );
        using var rows = await host.Get<QueryOperation>()
            .OpenAsync(new QueryRequest(Values), QueryForm.Text, TestContext.Current.CancellationToken);
        return rows.Next() is var (chunk, count) && count > 0 ? (string?)chunk[0].Value(0) : null;
    }
}
