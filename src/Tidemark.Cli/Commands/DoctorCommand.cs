using System.CommandLine;
using System.Text.Json.Serialization;
using Spectre.Console;
using Tidemark.Cli.Output;
using Tidemark.Control;
using Tidemark.Control.Runs;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;
using Tidemark.Hosting;
using Tidemark.Ingest;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Damage;
using Tidemark.Lake.Maintenance;
using Tidemark.Operations.Calendars;
using Tidemark.Operations.Definitions;
using Tidemark.Operations.Leases;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Tables;

namespace Tidemark.Cli.Commands;

/// <summary><c>tidemark doctor</c>: checks workspace, definitions, control database, lake, vendors, clock and disk; mends what needs no decision.</summary>
internal sealed class DoctorCommand : CliCommand
{
    private const long LowDiskBytes = 2L << 30;
    private static readonly DateTimeOffset s_notBefore = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Option<bool> _repair = new("--repair")
    {
        Description =
            "Mend what needs no decision: markers, interrupted writes, staging and leases of dead runs, the catalog",
    };

    private readonly Command _store = DoctorStore.Build();

    public override Command Build() => new("doctor", "Check the workspace and what it needs") { _repair, _store };

    public override async Task<int> RunAsync(CommandContext context, ParseResult parse, CancellationToken stop)
    {
        if (parse.CommandResult.Command == _store)
        {
            return await DoctorStore.RunAsync(context, stop);
        }

        var results = new List<CheckResult>();
        TidemarkHost? host = null;
        await CheckAsync(
            results,
            "workspace",
            () =>
            {
                host = TidemarkHost.Open(context.World.ToHostWorld(), context.WorkspaceOption);
                return Task.FromResult(host.Options.Folder);
            }
        );
        if (host is not null)
        {
            await using (host)
            {
                NoteUnread(results, host.Options.Unread);
                await CheckHostAsync(results, context, host, parse.GetValue(_repair), stop);
            }
        }

        var ok = results.All(r => r.Ok);
        context.WriteJson(new { ok, checks = results });
        if (!context.IsJson)
        {
            foreach (var result in results)
            {
                context.Terminal.MarkupLine($"{Mark(result)}  {result.Check, -12} {Markup.Escape(result.Message)}");
            }
        }

        return ok ? ExitCodes.Done
            : results.All(r => r.Ok || r.IsLeftOut) ? ExitCodes.Incomplete
            : ExitCodes.Failed;
    }

    private static string Mark(CheckResult result) =>
        !result.Ok ? "[red]FAIL[/]"
        : result.Warning ? "[yellow]warn[/]"
        : "[green]ok  [/]";

    private static async Task CheckHostAsync(
        List<CheckResult> results,
        CommandContext context,
        TidemarkHost host,
        bool repair,
        CancellationToken stop
    )
    {
        await CheckAsync(
            results,
            "definitions",
            () => Task.FromResult(DefinitionsText.Of(host.Get<DescribeDefinitions>().Describe()))
        );
        await WarnAsync(results, "calendars", () => CheckCalendarsAsync(host));
        await CheckAsync(results, "engine", () => Task.FromResult($"DuckDB {DuckDbDatabase.EngineVersion}"));
        var isReadOnly = false;
        await CheckAsync(
            results,
            "control",
            () =>
            {
                var control = host.Get<ControlDatabase>();
                isReadOnly = control.IsReadOnly;
                return Task.FromResult(
                    isReadOnly
                        ? $"{control.Path}, which may only be read here: nothing can be fetched, built or repaired"
                        : control.Path
                );
            }
        );
        IReadOnlyList<LeftOut> leftOut = [];
        var damage = new LakeDamage([], []);
        await CheckAsync(
            results,
            "lake",
            async () =>
            {
                var survey = await host.Get<DataLake>().SurveyAsync(stop);
                damage = await host.Get<DataLake>().DamageAsync(stop);
                leftOut = LeftOut.Once([
                    .. LeftOutText.Others(await host.Get<CatalogFile>().LeftOutAsync(stop), damage),
                    .. await host.Get<GoneTables>().FindAsync(stop),
                    .. await host.Get<MisfitTables>().FindAsync(stop),
                ]);
                return $"{survey.Tables.Count} tables";
            }
        );
        results.AddRange(
            leftOut
                .Select(LeftOutText.Line)
                .Concat(LeftOutText.Lines(damage))
                .Select(line => new CheckResult("lake", false, line, IsLeftOut: true))
        );
        await CheckRetentionAsync(results, host, stop);
        await CheckAsync(results, "log", () => CheckLogAsync(host.Get<DataLake>(), repair, stop));
        await CheckAsync(results, "lease", () => CheckLeasesAsync(host.Get<CheckLeases>(), repair, stop));
        if (repair)
        {
            await CheckAsync(results, "repair", async () => string.Join("; ", await RepairAsync(host, stop)));
        }

        await WarnAsync(results, "catalog", () => CheckCatalogAsync(host.Get<CatalogFile>(), stop));
        await WarnAsync(results, "symbols", () => CheckSymbolsAsync(host, stop));
        await CheckAsync(
            results,
            "vendor",
            async () =>
            {
                await host.Get<IVendorDirectory>().ConnectAsync("tushare", stop);
                return $"{host.Options.Vendors.Tushare.Url}: a token is there; `tidemark preflight` asks what it may do";
            }
        );
        await CheckAsync(
            results,
            "clock",
            () =>
            {
                var now = context.World.Clock.GetUtcNow();
                return now < s_notBefore
                    ? throw new TidemarkException(
                        ErrorKind.Configuration,
                        "CLOCK_WRONG",
                        $"The clock says {now:u}. Set it; trading days depend on it."
                    )
                    : Task.FromResult(
                        $"{now:u}; plan {host.Get<WorkspacePlan>().Window().From.ToIso()} … {host.Get<WorkspacePlan>().Window().To.ToIso()}"
                    );
            }
        );
        await CheckAsync(
            results,
            "disk",
            () =>
            {
                var drive = new DriveInfo(host.Options.Folder);
                return drive.AvailableFreeSpace < LowDiskBytes && !isReadOnly // a disk that is only read may be full
                    ? throw new TidemarkException(
                        ErrorKind.Storage,
                        "DISK_LOW",
                        $"Only {drive.AvailableFreeSpace >> 20} MB are free on {drive.Name}. Free some space."
                    )
                    : Task.FromResult($"{drive.AvailableFreeSpace >> 30} GB free");
            }
        );
    }

    // Codes that no list has are nobody's mistake here, and are told; a target that nobody can follow is one.
    private static async Task<(string Message, bool Warns)> CheckSymbolsAsync(TidemarkHost host, CancellationToken stop)
    {
        var found = await host.Get<SymbolFindings>().RunAsync(days: null, stop);
        return found.HasWrongTargets
                ? throw new TidemarkException(ErrorKind.Configuration, "TARGETS_UNKNOWN", found.TargetLine!)
            : found.Lines.Count > 0 ? (string.Join(' ', found.Lines), true)
            : (
                found.HasLists
                    ? "every target and every code is in a list"
                    : "no list is there yet to look codes up in",
                false
            );
    }

    // Without the file every query is answered all the same; other programs have nothing else.
    private static async Task<(string Message, bool Warns)> CheckCatalogAsync(
        CatalogFile catalog,
        CancellationToken stop
    ) =>
        catalog.Fault() is { } fault ? throw fault
        : File.Exists(catalog.Path) && await catalog.IsBehindAsync(stop)
            ? (
                $"{catalog.Path} is of other versions, of other files of definitions/catalog, or of another place: `tidemark catalog refresh` makes it anew",
                true
            )
        : (catalog.Path, false);

    // A commit whose checkpoint fails stands, and says nothing: it is told here.
    private static async Task<string> CheckLogAsync(DataLake lake, bool repair, CancellationToken stop)
    {
        var written = 0;
        foreach (var table in (await lake.FindOwnAsync([], stop)).Own)
        {
            if (!await table.LacksCheckpointAsync(stop))
            {
                continue;
            }

            if (!repair)
            {
                throw new TidemarkException(
                    ErrorKind.Storage,
                    "CHECKPOINT_OVERDUE",
                    $"{table.Id}: checkpoints of its log have failed, so it opens slowly. `tidemark doctor --repair` writes one, or says why it cannot."
                );
            }

            await table.CheckpointAsync(stop);
            written++;
        }

        return "no table waits for a checkpoint" + (written > 0 ? $": {written} written" : "");
    }

    private static async Task<string> CheckLeasesAsync(CheckLeases leases, bool repair, CancellationToken stop)
    {
        var found = await leases.RunAsync(new LeaseCheckRequest(repair), stop);
        if (!found.Released && found.Stuck.FirstOrDefault(l => l.Blocks) is { } stuck)
        {
            throw new TidemarkException(
                ErrorKind.Conflict,
                "POOL_STUCK",
                $"The pool {stuck.Pool} is held by {stuck.Owner} without reason: {stuck.Reason}. `tidemark doctor --repair` releases it."
            );
        }

        var state = found.Released ? "released" : "the next run takes it over";
        return found.Stuck.Count == 0
            ? $"{found.Held} of the pools held, all with reason"
            : string.Join("; ", found.Stuck.Select(l => $"{l.Pool}, held by {l.Owner}: {l.Reason}; {state}"));
    }

    private static async Task<IReadOnlyList<string>> RepairAsync(TidemarkHost host, CancellationToken stop)
    {
        var lake = host.Get<DataLake>();
        var done = new List<string>();

        // A run that has a lease is closed as the next run would close it; then its staging is nobody's.
        foreach (var stale in await host.Get<RunStore>().CloseStaleAsync(stop))
        {
            lake.Staging.Sweep(stale);
            done.Add($"run {stale} closed: its process is gone");
        }

        done.AddRange(await new LakeRepair(lake, host.Get<CatalogFile>()).RepairAsync(stop));
        return done.Count > 0 ? done : ["nothing to mend"];
    }

    private static async Task CheckAsync(List<CheckResult> results, string name, Func<Task<string>> check)
    {
        try
        {
            results.Add(new CheckResult(name, true, await check()));
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            // The engine's own words: our statement tells a user nothing.
            var message = e switch
            {
                TidemarkException known => $"{known.Code}: {known.Message}",
                DuckDbException engine => engine.EngineMessage,
                _ => e.Message,
            };
            var same = results.FirstOrDefault(r => r.Message == message);
            results.Add(
                new CheckResult(name, false, same is null ? message : $"cannot be told: see '{same.Check}' above")
            );
        }
    }

    // A workspace may say what a later version reads; whoever sets it must not believe that it does something.
    private static void NoteUnread(List<CheckResult> results, IReadOnlyList<string> keys)
    {
        if (keys.Count > 0)
        {
            var message = $"{results[^1].Message}; nothing reads {string.Join(", ", keys)} in tidemark.yaml yet";
            results[^1] = results[^1] with { Message = message, Warning = true };
        }
    }

    private static async Task CheckRetentionAsync(List<CheckResult> results, TidemarkHost host, CancellationToken stop)
    {
        var tables = host.Options.Retention.Days;
        if (tables.Count > 0)
        {
            await CheckAsync(
                results,
                "retention",
                async () =>
                {
                    await host.Get<RetentionList>().EnsureKnownAsync(stop);
                    return $"{tables.Count} tables keep their last days; `tidemark retention` says what would go";
                }
            );
        }
    }

    private static Task<(string Message, bool Warns)> CheckCalendarsAsync(TidemarkHost host)
    {
        var report = host.Get<DescribeCalendars>().Describe();
        return Task.FromResult((CalendarsText.Of(report), report.Warnings.Count > 0));
    }

    private static async Task WarnAsync(
        List<CheckResult> results,
        string check,
        Func<Task<(string Message, bool Warns)>> look
    )
    {
        var warns = false;
        await CheckAsync(
            results,
            check,
            async () =>
            {
                (var message, warns) = await look();
                return message;
            }
        );
        results[^1] = results[^1] with { Warning = warns };
    }

    /// <param name="Check">What was looked at.</param>
    /// <param name="Ok">Whether it works.</param>
    /// <param name="Message">How it is, or what is wrong and what to do.</param>
    /// <param name="IsLeftOut">What is wrong takes only a part: the rest goes on.</param>
    /// <param name="Warning">It works, and will not for long, or something in it wants looking after.</param>
    private sealed record CheckResult(
        string Check,
        bool Ok,
        string Message,
        [property: JsonIgnore] bool IsLeftOut = false,
        bool Warning = false
    );
}
