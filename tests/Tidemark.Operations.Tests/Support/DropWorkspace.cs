using Tidemark.Core;
using Tidemark.Core.Runs;
using Tidemark.Hosting;
using Tidemark.Ingest.Running;
using Tidemark.Lake.Engine;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Query;
using Tidemark.Operations.Runs;
using Tidemark.Testing;

namespace Tidemark.Operations.Tests.Support;

/// <summary>
/// A workspace with one dataset of files, <c>file.signals</c>, on Thursday 2026-08-20 at 21:00 in Shanghai; its plan is
/// that day and the one before.
/// </summary>
internal sealed class DropWorkspace : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-drops-").FullName;
    private readonly string? _path;
    private readonly string _grain;
    private readonly string _request;

    /// <param name="path">Of the files; null where <paramref name="request"/> names them.</param>
    /// <param name="rest">Another of the dataset's keys.</param>
    /// <param name="grain">How it is cut into units.</param>
    /// <param name="request">More of the keys under <c>request</c>.</param>
    public DropWorkspace(
        string? path = "signals/{dt:yyyy-MM-dd}.csv",
        string rest = "",
        string grain = "grain: trading_day",
        string request = ""
    )
    {
        (_path, _grain, _request) = (path, grain, request);
        Declare(rest, columns: "");
        Write(
            "tidemark.yaml",
            """
            plan: { from: 2026-08-19, to: 2026-08-20 }
            engine: { threads: 1, memory: 512MB }
            """
        );
        Directory.CreateDirectory(PathOf("drops"));
        Host = Open();
    }

    public TidemarkHost Host { get; private set; }

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 8, 20, 13, 0, 0, TimeSpan.Zero));

    /// <summary>Another process, with another declaration of the dataset.</summary>
    /// <param name="rest">Another of the dataset's keys.</param>
    /// <param name="columns">A line with another column.</param>
    public async Task ReopenAsync(string rest = "", string columns = "")
    {
        await Host.DisposeAsync();
        Declare(rest, columns);
        Host = Open();
    }

    public string PathOf(string path) => Path.Combine(_folder, path);

    public void Write(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    public void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllBytes(PathOf(path), bytes);
    }

    /// <summary>Writes a Parquet file with the rows of a query.</summary>
    public void WriteParquet(string path, string sql)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        using var connection = Host.Get<LakeEngine>().Connect();
        connection.Execute($"COPY ({sql}) TO '{PathOf(path)}' (FORMAT parquet)");
    }

    public async Task<RunOutcome> RunAsync(bool isScheduled = false, string dataset = "file.signals")
    {
        var response = await Host.Get<RunOperation>()
            .RunAsync(
                new RunPoolsRequest([Pool.Universe], [dataset], IsScheduled: isScheduled),
                new NoWatcher(),
                TestContext.Current.CancellationToken
            );
        return response.Runs[0];
    }

    public async Task<PlanPreview> PlanAsync() =>
        await Host.Get<PreviewPlan>()
            .RunAsync(new PreviewRequest([Pool.Universe], ["file.signals"]), TestContext.Current.CancellationToken);

    /// <summary>Every row of the table, a text each, in the order of its key.</summary>
    public async Task<string> RowsAsync()
    {
        const string Sql =
            "SELECT string_agg(concat_ws('|', symbol, day, score, rank, chosen, epoch(seen_at), coalesce(note, 'null')), chr(10) ORDER BY day, symbol) FROM ods.ods_signals";
        using var rows = await Host.Get<QueryOperation>()
            .OpenAsync(new QueryRequest(Sql), QueryForm.Text, TestContext.Current.CancellationToken);
        return rows.Next() is var (chunk, count) && count > 0 ? (string?)chunk[0].Value(0) ?? "" : "";
    }

    private TidemarkHost Open() =>
        TidemarkHost.Open(
            new HostWorld(new Dictionary<string, string>(), _folder, Clock, new SystemIdSource()),
            _folder
        );

    private void Declare(string rest, string columns)
    {
        var files = _path is null ? "params: {}" : $$"""params: { path: "{{_path}}" }""";
        Write(
            "definitions/datasets/file.signals.yaml",
            $$"""
            dataset: file.signals
            title: My signals
            module: my.signals
            bucket: stock
            api: signals
            table: ods_signals
            {{_grain}}
            calendar: XSHG
            available: { at: "16:30", grace: 2h }
            request: { {{files}}, row_cap: 100000{{_request}} }
            date_column: day
            key: [symbol, day]
            columns:
              symbol: { type: text, field: code }
              day: { type: date }
              score: { type: double }
              rank: { type: long }
              chosen: { type: boolean }
              seen_at: { type: timestamp }
              note: { type: text }
              {{columns}}
            {{rest}}
            """
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
