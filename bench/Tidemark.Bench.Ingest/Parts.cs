using System.Diagnostics;
using Tidemark.Core.Columns;
using Tidemark.Core.Datasets;
using Tidemark.Ingest.Extraction;
using Tidemark.Ingest.Registry;
using Tidemark.Vendors.Tushare;
namespace Tidemark.Bench.Ingest;
internal static class Parts
{
    public static void Run(string files, string definitions)
    {
        var dataset = DatasetRegistry.Load(definitions, new HashSet<string> { "XSHG", "XSHE", "BSE" }).Get("tushare.daily");
        var d = new TushareDecoder(); var b = new ColumnBatch(dataset.Columns, 8192);
        long dec=0, chk=0, rd=0;
        foreach (var f in Directory.GetFiles(files)) {
            var t0 = Stopwatch.GetTimestamp(); var body = File.ReadAllBytes(f); var t1 = Stopwatch.GetTimestamp();
            b.Clear(); d.Decode("daily", body, b); var t2 = Stopwatch.GetTimestamp();
            RowChecks.Normalize(dataset, new UnitId(dataset.Id, DateOnly.ParseExact(Path.GetFileNameWithoutExtension(f), "yyyyMMdd")), b); var t3 = Stopwatch.GetTimestamp();
            rd+=t1-t0; dec+=t2-t1; chk+=t3-t2; }
        Console.WriteLine($"read {rd/1e6:F0} decode {dec/1e6:F0} check {chk/1e6:F0} cpu {Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds:F0}");
    }
}
internal static class Parts2
{
    static (long,double) Now() => (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds);
    static void P(string n, (long T,double C) a) { var b = Now(); Console.WriteLine($"{n} wall {(b.Item1-a.T)/1e6:F0} cpu {b.Item2-a.C:F0}"); }
    public static async Task Run(string files, string lakeFolder, string definitions)
    {
        var dataset = DatasetRegistry.Load(definitions, new HashSet<string> { "XSHG", "XSHE", "BSE" }).Get("tushare.daily");
        var d = new TushareDecoder();
        using var engine = new Tidemark.Lake.LakeEngine(new Tidemark.Lake.EngineOptions(0, "400MB"), Path.Combine(lakeFolder, "spill"));
        var lake = new Tidemark.Lake.DataLake(new Tidemark.Lake.Storage.LocalObjectStore(lakeFolder), engine, TimeProvider.System, new Tidemark.Core.SystemIdSource());
        var def = Tidemark.Lake.Tables.TableDefinition.Of(dataset);
        foreach (var group in Directory.GetFiles(files).Order().Chunk(84)) {
            var a = Now();
            var batches = group.Select(f => { var b = new ColumnBatch(dataset.Columns, 8192); d.Decode("daily", File.ReadAllBytes(f), b); return (DateOnly.ParseExact(Path.GetFileNameWithoutExtension(f), "yyyyMMdd"), b); }).ToList();
            P("decode", a); a = Now();
            using var st = lake.Stage(def, "run");
            foreach (var (day, b) in batches) st.Append(new UnitId(dataset.Id, day).ToString(), day, b);
            P("append", a); a = Now();
            var t = lake.Table(def.Id);
            var s = st.Stage(await t.SnapshotAsync(default), default);
            P("stage", a); a = Now();
            await t.CommitAsync(s, new Tidemark.Lake.Tables.CommitRequest("X"), default);
            P("commit", a);
        }
    }
}
