using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests;

/// <summary>A workspace with little memory and an empty catalog.</summary>
public sealed class TightWorkspace : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal Workspace Workspace { get; private set; } = null!;

    internal string Scratch(string name) => _folder.At(name);

    public async ValueTask InitializeAsync()
    {
        Workspace = Workspace.Create(
            _folder.At("w"),
            new Uri("http://127.0.0.1:9"),
            "2025-06-24",
            "2025-06-27",
            more: "engine: { memory: 400MB }"
        );
        (await Workspace.RunAsync("catalog", "refresh")).With(exitCode: 0);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>
/// Its processes are watched by a thread of their own, which needs a free core in time: nothing else runs beside them.
/// </summary>
[CollectionDefinition(nameof(QueryLimitTests), DisableParallelization = true)]
public sealed class OneAtATime;

/// <summary>
/// What a query may take: memory, whatever the shape of its rows, and time, whatever the engine is doing.
/// </summary>
[Collection(nameof(QueryLimitTests))]
public sealed class QueryLimitTests(TightWorkspace tight) : IClassFixture<TightWorkspace>
{
    private const long Gigabyte = 1 << 30;

    // Worked out while it is prepared, in one step that nothing interrupts.
    private const string Endless = "SELECT levenshtein(repeat('a', 1000000), repeat('b', 1000000))";

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("repeat(range::VARCHAR, 1000000)")]
    [InlineData("[repeat('x', 1000000)]")]
    [InlineData("{'a': repeat(range::VARCHAR, 1000000), 'b': range}")]
    [InlineData("map {'k': [repeat(range::VARCHAR, 1000000)]}")]
    [InlineData("list_sort(range(200000000))")]
    public async Task Sql_WideRowsInEveryFormat_StaysUnderOneGigabyte(string value)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("the peak of a process is read from /proc");
        }

        // Of each value more than a gigabyte in all, and no more than that takes to prove.
        var query = $"SELECT {value} AS wide FROM range(1200)";
        foreach (var format in new[] { "table", "csv", "json", "parquet" })
        {
            var file = tight.Scratch($"wide.{format}");
            var (ended, peak) = await PeakAsync("sql", query, "--format", format, "-o", file, "--json");

            TestContext.Current.SendDiagnosticMessage($"{value} as {format}: {ended.ExitCode}, {peak / (1 << 20)} MB");
            peak.ShouldBeInRange(1, Gigabyte, ended.ToString());
            ended.ExitCode.ShouldBeOneOf(0, 2);
            ended.Json().Members().First().ShouldBe(ended.ExitCode == 0 ? "file" : "error");
            if (ended.ExitCode == 0)
            {
                File.Delete(file);
            }
            else
            {
                var error = ended.Json().GetProperty("error");
                error.Text("code").ShouldBe("SQL_TOO_LARGE");
                error.Text("message").ShouldContain("--max-rows");
            }

            Directory.GetFiles(tight.Scratch("")).ShouldBeEmpty("a part of an answer was left");
        }
    }

    [Fact]
    public async Task Sql_WideRowsAndFewOfThem_AreAnswered()
    {
        var rows = await tight.Workspace.JsonAsync(
            "sql",
            "SELECT [repeat('x', 1000000)] AS wide FROM range(3000)",
            "--max-rows",
            "20"
        );

        rows.GetArrayLength().ShouldBe(20);
        rows[19].GetProperty("wide")[0].GetString()!.Length.ShouldBe(1_000_000);
    }

    [Theory]
    [InlineData(Endless)]
    [InlineData("SELECT count(*) FROM range(10000000000) t(a), range(100000) u(b)")]
    public async Task Sql_LongerThanItsTime_EndsWithADocument(string query)
    {
        var ended = (await tight.Workspace.RunAsync("sql", query, "--timeout", "1s", "--json")).With(exitCode: 1);

        ended.Json().GetProperty("error").Text("code").ShouldBe("SQL_TIMEOUT");
    }

    [Theory]
    [InlineData(Endless)]
    [InlineData("SELECT count(*) FROM range(10000000000) t(a), range(100000) u(b)")]
    public async Task Sql_Stopped_EndsWithADocument(string query)
    {
        await using var process = tight.Workspace.Start("sql", query, "--json");
        // A second of its own and not of the clock: where others have the processor, it may not have started before.
        process.WaitUntil(() => process.ProcessorTime > TimeSpan.FromSeconds(1), "a second of work");
        process.Send(Signal.Terminate);

        var ended = (await process.EndAsync()).With(exitCode: 130);

        ended.Json().GetProperty("error").Text("code").ShouldBe("STOPPED");
    }

    [Fact]
    public async Task Sql_IntoAFile_SaysWhatWasWritten()
    {
        foreach (var format in new[] { "table", "csv", "json", "parquet" })
        {
            var file = tight.Scratch($"answer.{format}");

            var said = await tight.Workspace.JsonAsync("sql", "FROM range(7)", "--format", format, "-o", file);

            said.Members().ShouldBe(["file", "format", "rows", "may_be_cut"]);
            (said.Text("file"), said.Text("format"), said.Number("rows")).ShouldBe((file, format, 7));
            File.ReadAllBytes(file)[0]
                .ShouldBe(
                    (byte)(
                        format == "parquet" ? 'P'
                        : format == "json" ? '['
                        : format == "csv" ? 'r'
                        : ' '
                    )
                );
            File.Delete(file);
        }
    }

    private async Task<(Ended Ended, long Peak)> PeakAsync(params string[] arguments)
    {
        await using var process = tight.Workspace.Start(arguments);
        var peak = 0L;
        process.WaitUntil(
            () =>
            {
                peak = Math.Max(peak, process.PeakBytes());
                return process.HasExited;
            },
            "an end"
        );
        return (await process.EndAsync(), peak);
    }
}
