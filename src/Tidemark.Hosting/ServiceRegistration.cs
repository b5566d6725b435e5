using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tidemark.Completeness.Evaluation;
using Tidemark.Completeness.Results;
using Tidemark.Completeness.Telemetry;
using Tidemark.Control;
using Tidemark.Control.Answers;
using Tidemark.Control.Completeness;
using Tidemark.Control.Dialects;
using Tidemark.Control.Findings;
using Tidemark.Control.Runs;
using Tidemark.Control.Schedules;
using Tidemark.Control.Secrets;
using Tidemark.Control.Settings;
using Tidemark.Control.Telemetry;
using Tidemark.Core;
using Tidemark.Core.Answers;
using Tidemark.Core.Calendars;
using Tidemark.Core.Markets;
using Tidemark.Core.Secrets;
using Tidemark.Core.Telemetry;
using Tidemark.Definitions;
using Tidemark.Definitions.Datasets;
using Tidemark.Definitions.Files;
using Tidemark.Hosting.Logging;
using Tidemark.Hosting.Workspace;
using Tidemark.Ingest;
using Tidemark.Ingest.Modules;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Preflight;
using Tidemark.Ingest.Running;
using Tidemark.Ingest.Telemetry;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Engine;
using Tidemark.Lake.Maintenance;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;
using Tidemark.Lake.Telemetry;
using Tidemark.Operations.Calendars;
using Tidemark.Operations.Definitions;
using Tidemark.Operations.Findings;
using Tidemark.Operations.Leases;
using Tidemark.Operations.Macro;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Query;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Symbols;
using Tidemark.Operations.Symbols.Targets;
using Tidemark.Operations.Tables;
using Tidemark.Operations.Telemetry;
using Tidemark.Vendors.Telemetry;
using Tidemark.Warehouse.Builds;
using Tidemark.Warehouse.Project;
using Tidemark.Warehouse.Telemetry;
using EngineOptions = Tidemark.Lake.Engine.EngineOptions;

namespace Tidemark.Hosting;

/// <summary>The composition root: the only place where parts are put together.</summary>
public static class ServiceRegistration
{
    /// <summary>
    /// Registers all parts of a workspace as singletons, made at their first use, so that a command pays only for what
    /// it uses. To replace a part, register yours before this call.
    /// </summary>
    public static IServiceCollection AddTidemark(
        this IServiceCollection services,
        WorkspaceOptions options,
        HostWorld world
    )
    {
        services.AddTelemetry(options, world);
        services.AddSingleton(options);
        services.AddSingleton(world);
        services.AddSingleton(world.Clock);
        services.AddSingleton(world.Ids);
        services.AddSingleton(world.Secrets);
        WorkspaceSecrets.Add(options, world.Secrets);
        services.AddSingleton(options.Plan);
        services.AddSingleton(options.Pools.Targets);
        services.AddSingleton(
            new DefinitionFolders(world.Definitions ?? ShippedDefinitions.Folder, options.Definitions)
        );
        services.AddSingleton(options.Switches);
        services.AddSingleton<DefinitionBundle>();
        services.AddSingleton(options.Retention);
        services.AddLake(options);
        services.AddControl(options);
        services.AddIngest(options);
        services.AddWarehouse();
        services.AddCompleteness();
        services.AddOperations(options, world);
        services.AddSingleton(
            new QueryOptions(options.TimeZone, new QueryMemory(EngineBytes(options), () => Environment.WorkingSet))
        );
        return services;
    }

    private static void AddTelemetry(this IServiceCollection services, WorkspaceOptions options, HostWorld world)
    {
        services.TryAddSingleton(_ => LogSinks.Open(options.Logging, world.Clock, world.Secrets, world.Error));
        services.AddSingleton<TelemetrySource>();
        services.AddSingleton<LakeTelemetry>();
        services.AddSingleton<ControlTelemetry>();
        services.AddSingleton<VendorTelemetry>();
        services.AddSingleton<IngestTelemetry>();
        services.AddSingleton<WarehouseTelemetry>();
        services.AddSingleton<CompletenessTelemetry>();
        services.AddSingleton<OperationTelemetry>();
    }

    private static void AddLake(this IServiceCollection services, WorkspaceOptions options)
    {
        services.AddSingleton(provider => new LakeEngine(
            new EngineOptions(options.Engine.Threads, Memory(options.Engine.Memory), options.Engine.Codec),
            SpillPath(provider.GetRequiredService<IIdSource>())
        ));
        services.TryAddSingleton<IObjectStore>(provider =>
            StoreFactory.Open(options, provider.GetRequiredService<TimeProvider>())
        );
        services.TryAddSingleton(_ => StoreFactory.Staging(options));
        services.AddSingleton(provider => new TableOwners(
            new DeclaredOwners(
                provider.GetRequiredService<DatasetRegistry>,
                provider.GetRequiredService<WarehouseProject>
            ).Of
        ));
        services.AddSingleton<DataLake>();
        services.AddSingleton<ParquetText>();
        services.AddSingleton<TableCompactor>();
        services.AddSingleton<LaneFences>();
        services.AddSingleton(provider => new CatalogFile(
            options.Catalog,
            provider.GetRequiredService<DataLake>(),
            () => provider.GetRequiredService<DefinitionFolders>().Read(CatalogScripts.Kind).Paths,
            provider.GetRequiredService<IKeptAnswers>()
        ));
    }

    private static void AddControl(this IServiceCollection services, WorkspaceOptions options)
    {
        services.AddSingleton(provider =>
            OpenControl(
                options,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<SecretMask>(),
                provider.GetRequiredService<ControlTelemetry>()
            )
        );
        services.AddSingleton<RunStore>();
        services.AddSingleton<LaneLeases>();
        services.AddSingleton<LaneStates>();
        services.AddSingleton<SchedulerConfigs>();
        services.AddSingleton<ScheduleFires>();
        services.AddSingleton<UnitAttempts>();
        services.AddSingleton<SettingsStore>();
        services.AddSingleton<TokenStore>();
        services.AddSingleton<IKeptAnswers, AnswerStore>();
        services.AddSingleton<MarketMeta>();
        services.AddSingleton<FindingStore>();
        services.AddSingleton<CompletenessStore>();
    }

    private static void AddIngest(this IServiceCollection services, WorkspaceOptions options)
    {
        services.AddSingleton<WorkspaceCalendars>();
        services.AddSingleton(provider => provider.GetRequiredService<DefinitionBundle>().Sessions);
        services.AddSingleton<IReadOnlyDictionary<string, TradingCalendar>>(provider =>
            provider.GetRequiredService<WorkspaceCalendars>()
        );
        services.AddSingleton(Datasets);
        var budget = MemoryBudget.Of(EngineBytes(options));
        services.AddSingleton(budget);
        services.AddSingleton(
            new IngestOptions(
                options.Raw.Enabled,
                new PipelineOptions
                {
                    JobsMax = budget.Jobs,
                    BufferedBytes = budget.WaitingBytes,
                    CommitBytes = budget.CommitBytes,
                    Lease = options.Pools.Lease,
                }
            )
        );
        services.TryAddSingleton<IVendorDirectory>(provider =>
            ActivatorUtilities.CreateInstance<VendorDirectory>(
                provider,
                new Func<DatasetRegistry>(provider.GetRequiredService<DatasetRegistry>)
            )
        );
        services.AddSingleton<AxisTrust>();
        services.AddSingleton<ExecutionPlanner>();
        services.AddSingleton<AxisProof>();
        services.AddSingleton<ISymbolLists, ListedSymbols>();
        services.AddSingleton<ProbeBook>();
        services.AddSingleton<PreflightCheck>();
        services.AddSingleton<ModulePlans>();
        services.AddSingleton<RunGate>();
        services.AddSingleton<UnbegunRuns>();
        services.AddSingleton<RunBody>();
        services.AddSingleton<IngestRunner>();
        services.AddSingleton<RunSettlement>();
        services.AddSingleton<AttemptReview>();
    }

    private static void AddWarehouse(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
            WarehouseProject.Read(
                provider.GetRequiredService<DefinitionBundle>().Warehouse,
                Sources(provider.GetRequiredService<DatasetRegistry>()),
                provider.GetRequiredService<DatasetRegistry>().LeftOut,
                provider.GetRequiredService<Switches>(),
                provider.GetRequiredService<DefinitionBundle>().CalendarNames.Known,
                provider.GetRequiredService<IKeptAnswers>()
            )
        );
        services.AddSingleton<KnownTables>();
        services.AddSingleton<DescribeTable>();
        services.AddSingleton<RetentionList>();
        services.AddSingleton<BuiltTables>();
        services.AddSingleton(provider => new GoneTables(
            provider.GetRequiredService<DataLake>(),
            provider.GetRequiredService<RunStore>(),
            provider.GetRequiredService<BuiltTables>(),
            provider.GetRequiredService<DatasetRegistry>,
            provider.GetRequiredService<WarehouseProject>
        ));
        services.AddSingleton(provider => new MisfitTables(provider.GetRequiredService<DatasetRegistry>));
        services.AddSingleton(provider => new UnitSources(
            provider.GetRequiredService<DatasetRegistry>,
            provider.GetRequiredService<WarehouseProject>
        ));
        services.AddSingleton<CheckLeases>();
        services.AddSingleton<InterruptedRuns>();
        services.AddSingleton(provider => new WarehouseBuilder(
            provider.GetRequiredService<DataLake>(),
            provider.GetRequiredService<TimeProvider>(),
            limits: null,
            provider.GetRequiredService<IReadOnlyDictionary<string, TradingCalendar>>(),
            provider.GetRequiredService<WarehouseTelemetry>(),
            provider.GetRequiredService<IKeptAnswers>()
        ));
    }

    private static void AddCompleteness(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
        {
            provider.GetRequiredService<DatasetRegistry>(); // with it the ids under 'off' are known
            return provider.GetRequiredService<DefinitionBundle>().Checks;
        });
        services.AddSingleton<CompletenessEvaluator>();
        services.AddSingleton<OpenCells>();
        services.AddSingleton<PresentEvaluator>();
        services.AddSingleton<CompletenessMaterializer>();
        services.AddSingleton<StatusReader>();
        services.AddSingleton<TargetSettings>();
        services.AddSingleton<TagRegistry>();
        services.AddSingleton<IndexMembers>();
        services.AddSingleton<TargetPool>();
        services.AddSingleton<PlannedTargets>();
        services.AddSingleton<ITargetSymbols>(provider => provider.GetRequiredService<PlannedTargets>());
        services.AddSingleton<SymbolDirectory>();
        services.AddSingleton<SymbolFindings>();
        services.AddSingleton<ListsBehind>();
        services.AddSingleton<CodeMemory>();
        services.AddSingleton<MacroMemory>();
        services.AddSingleton<WorkspacePlan>();
        services.AddSingleton<IRunEvaluator, RunEvaluator>();
        services.AddSingleton<DescribeDefinitions>();
        services.AddSingleton<ICompletenessReader, UnitCompleteness>();
        services.AddSingleton<DescribeCalendars>();
        services.AddSingleton<CalendarNeed>();
        services.AddSingleton<CalendarFindings>();
        services.AddSingleton<RemarkFindings>();
        services.AddSingleton<ListFindings>();
    }

    /// <summary>
    /// The datasets. Once they are read, the ids under <c>off:</c> are checked, so that a misspelt one fails every
    /// command that uses a definition.
    /// </summary>
    private static DatasetRegistry Datasets(IServiceProvider provider)
    {
        var bundle = provider.GetRequiredService<DefinitionBundle>();
        var switches = provider.GetRequiredService<Switches>();
        if (switches.Off.Count + switches.On.Count > 0)
        {
            switches.EnsureKnown(bundle.OffIds, bundle.OnWords, provider.GetRequiredService<WorkspaceOptions>().Folder);
        }

        return bundle.Datasets;
    }

    /// <summary>
    /// The tables that SQL may read, including those of disabled datasets, with the rows that they have.
    /// </summary>
    private static IReadOnlyList<TableDefinition> Sources(DatasetRegistry datasets)
    {
        var tables = datasets.All.Select(d => d.Table).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. datasets
                .All.Concat(datasets.Off.Where(d => tables.Add(d.Table)))
                .Concat(OwnDatasets.All)
                .Select(TableDefinition.Of),
        ];
    }

    private static long EngineBytes(WorkspaceOptions options) =>
        options.Engine.Memory.Resolve(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private static string Memory(MemoryLimit limit) =>
        limit.Percent is { } percent ? $"{percent}%" : $"{limit.Bytes / (1 << 20)}MiB";

    private static string SpillPath(IIdSource ids) =>
        SpillFolder.NewPath(Path.GetTempPath(), ids.NewId().ToString("N"));

    private static ControlDatabase OpenControl(
        WorkspaceOptions options,
        TimeProvider clock,
        SecretMask secrets,
        ControlTelemetry telemetry
    ) =>
        // Opening SQLite is synchronous anyway. A server is waited for, on a thread that nobody else waits on.
        options.Control.IsUrl
            ? Task.Run(() =>
                    ControlDatabase.OpenAsync(
                        PostgresAddress.Parse(options.Control.Value, out var problem)
                            ?? throw new InvalidOperationException(problem),
                        options.ControlKeys,
                        clock,
                        secrets,
                        telemetry,
                        CancellationToken.None
                    )
                )
                .GetAwaiter()
                .GetResult()
            : ControlDatabase
                .OpenAsync(options.Control.Path, clock, secrets, telemetry, CancellationToken.None)
                .GetAwaiter()
                .GetResult();
}
