using Microsoft.Extensions.DependencyInjection;
using Tidemark.Control;
using Tidemark.Control.Schedules;
using Tidemark.Hosting.Workspace;
using Tidemark.Ingest.Planning;
using Tidemark.Ingest.Preflight;
using Tidemark.Operations.Builds;
using Tidemark.Operations.Definitions;
using Tidemark.Operations.Doctor;
using Tidemark.Operations.Doctor.Checks;
using Tidemark.Operations.Jobs;
using Tidemark.Operations.Maintenance;
using Tidemark.Operations.Modules;
using Tidemark.Operations.Planning;
using Tidemark.Operations.Query;
using Tidemark.Operations.Runs;
using Tidemark.Operations.Schedules;
using Tidemark.Operations.Status;
using Tidemark.Operations.Tables;
using Tidemark.Operations.Targets;
using Tidemark.Operations.Tokens;
using Tidemark.Operations.Workspaces;
using Tidemark.Vendors;
using Tidemark.Warehouse.Project;

namespace Tidemark.Hosting;

/// <summary>Registers the operations of a workspace, which every face uses.</summary>
internal static class OperationRegistration
{
    public static IServiceCollection AddOperations(
        this IServiceCollection services,
        WorkspaceOptions options,
        HostWorld world
    )
    {
        services.AddSingleton(FilesOf(options));
        services.AddSingleton(new RetentionTerms(options.Raw.Keep, options.TimeZone));
        services.AddLater<WarehouseProject>();
        services.AddLater<WorkspacePlan>();
        services.AddLater<RetentionList>();
        services.AddLater<ControlDatabase>();
        services.AddLater<GoneTables>();
        services.AddSingleton<FindLeftOut>();
        services.AddRuns();
        services.AddSchedule(options, world);
        services.AddSingleton(new LogPlace(options.Logging.File));
        services.AddSingleton<WarehouseUpdate>();
        services.AddSingleton<BuildOperation>();
        services.AddSingleton<UncheckedDatasets>();
        services.AddSingleton<StatusOperation>();
        services.AddTargets();
        services.AddSingleton<ListTables>();
        services.AddDatasets(options, world);
        services.AddSingleton<CatalogOperation>();
        services.AddSingleton<CompactOperation>();
        services.AddSingleton<RestoreOperation>();
        services.AddSingleton<VerifyOperation>();
        services.AddSingleton<VacuumOperation>();
        services.AddSingleton<RetentionOperation>();
        services.AddSingleton<TokenOperation>();
        services.AddSingleton<FlagsOperation>();
        services.AddSingleton<SourcesOperation>();
        services.AddSingleton<ConfigureSources>();
        services.AddSingleton<ReadScope>();
        services.AddSingleton<QueryOperation>();
        services.AddSingleton<QueryOutput>();
        services.AddDoctor(options);
        return services;
    }

    private static void AddTargets(this IServiceCollection services)
    {
        services.AddSingleton<TargetWishes>();
        services.AddSingleton<ListTargets>();
        services.AddSingleton<ListTags>();
        services.AddSingleton<ChangeTargets>();
        services.AddSingleton<PreviewTargets>();
    }

    private static void AddDatasets(this IServiceCollection services, WorkspaceOptions options, HostWorld world)
    {
        services.AddSingleton(
            new OwnDefinitions(options.Definitions ?? Path.Combine(options.Folder, WorkspaceReader.DefinitionsFolder))
        );
        services.AddSingleton(new SampleVendors([.. world.Vendors.OfType<ISampleVendor>()]));
        services.AddSingleton<ListDatasets>();
        services.AddSingleton<DescribeDataset>();
        services.AddSingleton<AddDataset>();
        services.AddSingleton<LiveAnswers>();
        services.AddSingleton<CheckDatasets>();
        services.AddSingleton<SampleDataset>();
    }

    private static void AddRuns(this IServiceCollection services)
    {
        services.AddSingleton<PlanCosts>();
        services.AddSingleton<AccountReach>();
        services.AddSingleton<ShownPlans>();
        services.AddSingleton<PreviewPlan>();
        services.AddSingleton<LaneJobs>();
        services.AddSingleton<ControlLanes>();
        services.AddSingleton<RunModules>();
        services.AddSingleton<PoolsExecutor>();
        services.AddSingleton<RunOperation>();
        services.AddSingleton<BackfillOperation>();
        services.AddSingleton<RefetchOperation>();
        services.AddSingleton<PreflightOperation>();
        services.AddSingleton<RunStories>();
        services.AddSingleton<RunHistory>();
        services.AddSingleton<RunFollowing>();
        services.AddSingleton<RunLog>();
    }

    private static void AddSchedule(this IServiceCollection services, WorkspaceOptions options, HostWorld world)
    {
        services.AddSingleton(
            new ScheduleDefaults(
                new SchedulerConfig(
                    IsEnabled: true,
                    options.Schedule.China,
                    options.TimeZone.Id,
                    options.Schedule.Scope,
                    RunsOnStartup: false,
                    CatchesUp: true
                )
            )
        );
        services.AddSingleton<OpenWorkspace>(_ => () => TidemarkHost.Open(world, options.Folder));
        services.AddSingleton<ScheduleSettings>();
        services.AddSingleton<DueUnits>();
        services.AddSingleton<FireBook>();
        services.AddSingleton<ScheduleRunner>();
        services.AddSingleton<SimulateSchedule>();
        services.AddSingleton<ServeOperation>();
        services.AddSingleton<ListSchedule>();
    }

    private static void AddDoctor(this IServiceCollection services, WorkspaceOptions options)
    {
        services.AddSingleton(new DoctorOptions(options.Folder, options.Lake.ToString(), options.Unread));
        services.AddSingleton<ProbeStore>();
        services.AddSingleton<DefinitionsCheck>();
        services.AddSingleton<CalendarsCheck>();
        services.AddSingleton<EngineCheck>();
        services.AddSingleton<ControlCheck>();
        services.AddSingleton<LakeCheck>();
        services.AddSingleton<RetentionCheck>();
        services.AddSingleton<LogCheck>();
        services.AddSingleton<LeaseCheck>();
        services.AddSingleton<RepairCheck>();
        services.AddSingleton<CatalogCheck>();
        services.AddSingleton<SymbolsCheck>();
        services.AddSingleton<VendorCheck>();
        services.AddSingleton<SourcesCheck>();
        services.AddSingleton<ModulesCheck>();
        services.AddSingleton<AccountCheck>();
        services.AddSingleton<ClockCheck>();
        services.AddSingleton<DiskCheck>();
        services.AddSingleton(provider => new WorkspaceDoctor(
            provider.GetRequiredService<DoctorOptions>(),
            [
                Step<DefinitionsCheck>("definitions", provider),
                Step<CalendarsCheck>("calendars", provider),
                Step<EngineCheck>("engine", provider),
                Step<ControlCheck>("control", provider),
                Step<LakeCheck>("lake", provider),
                Step<RetentionCheck>("retention", provider),
                Step<LogCheck>("log", provider),
                Step<LeaseCheck>("lease", provider),
                Step<RepairCheck>("repair", provider),
                Step<CatalogCheck>("catalog", provider),
                Step<SymbolsCheck>("symbols", provider),
                Step<VendorCheck>("vendor", provider),
                Step<SourcesCheck>("sources", provider),
                Step<ModulesCheck>("modules", provider),
                Step<AccountCheck>("account", provider),
                Step<ClockCheck>("clock", provider),
                Step<DiskCheck>("disk", provider),
            ]
        ));
    }

    private static DoctorStep Step<T>(string name, IServiceProvider provider)
        where T : class, IDoctorCheck => new(name, provider.GetRequiredService<T>);

    /// <summary>Registers a part to be made only when it is needed, because making it may fail.</summary>
    private static void AddLater<T>(this IServiceCollection services)
        where T : class => services.AddSingleton<Func<T>>(provider => provider.GetRequiredService<T>);

    private static WorkspaceFiles FilesOf(WorkspaceOptions options) =>
        new([.. options.Places(), .. new[] { options.Logging.File }.OfType<string>()]);
}
