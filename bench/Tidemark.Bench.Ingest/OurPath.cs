using System.Diagnostics;
using Tidemark.Control;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Core.Markets;
using Tidemark.Core.Runs;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Running;
using Tidemark.Lake;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Tables;
using Tidemark.Vendors;

namespace Tidemark.Bench.Ingest;

/// <summary>
/// The product's pipeline over the files: decode → check → stage → commit, fsyncs included, one partition a day.
/// </summary>
internal static class OurPath
{
    public static async Task<(long Rows, TimeSpan Elapsed)> RunAsync(
        string files,
        string lakeFolder,
        string definitions
    )
    {
        var clock = TimeProvider.System;
        var ids = new SystemIdSource();
        var dataset = DatasetRegistry
            .Load(definitions, Exchanges.All.Select(exchange => exchange.Code).ToHashSet())
            .Get("tushare.daily");
        using var engine = new LakeEngine(new EngineOptions(0, "400MB"), Path.Combine(lakeFolder, "spill"));
        var lake = DataLake.OnDisk(lakeFolder, engine, clock, ids);
        await using var control = await ControlDatabase.OpenAsync(
            Path.Combine(lakeFolder, "control.db"),
            clock,
            default
        );
        var runs = new RunStore(control, ids);
        var run = await runs.StartAsync(new RunStart(Pool.Universe, RunMode.Manual, null), default);
        var journal = new StepJournal(runs, run, Pool.Universe, clock);

        var units = Directory
            .GetFiles(files, "*.json")
            .Select(f => DateOnly.ParseExact(Path.GetFileNameWithoutExtension(f), TradeDate.CompactFormat))
            .Order()
            .Select(day => new PlannedUnit(dataset, new UnitId(dataset.Id, day), DateTimeOffset.MinValue))
            .ToArray();
        var clients = new Dictionary<string, IVendorClient> { [dataset.Vendor] = new FileVendorClient(files) };
        var extractor = new UnitExtractor(clients, lake.Store, keepRaw: false, resumes: false, clock);
        var tally = new RunTally(units.Length, progress: null);
        var options = new PipelineOptions();
        var leases = new LaneLeases(control, ids);
        var laneLock = new LaneLock(leases, runs, new LaneFences(lake), Lane.China, run, options.Lease);
        var pipeline = new UnitPipeline(
            lake,
            laneLock,
            extractor,
            new UnitSteps(journal),
            clock,
            options,
            new PauseGate()
        );
        var watch = Stopwatch.StartNew();
        await laneLock.TakeAsync([], default);
        await pipeline.RunAsync(run, units, tally, default);
        await journal.FlushAsync(default);
        watch.Stop();
        if (tally.Errors.Count > 0)
        {
            throw new InvalidOperationException(tally.Errors[0].Message);
        }

        var snapshot = await lake.Table(TableDefinition.Of(dataset).Id).SnapshotAsync(default);
        return (snapshot.RowCount, watch.Elapsed);
    }
}
