using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tidemark.Core.Telemetry;
using Tidemark.Hosting.Logging;
using Tidemark.Operations;
using Tidemark.Operations.Doctor;
using Tidemark.Operations.Ibkr;
using Tidemark.Operations.Simulation;
using Tidemark.Operations.Workspaces;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Telemetry;

namespace Tidemark.Hosting;

/// <summary>
/// The operations that begin without a workspace: they create one, look for one, or need none. Dispose it.
/// </summary>
public sealed class MachineOperations : IOperations
{
    private readonly ServiceProvider _services;

    private MachineOperations(ServiceProvider services) => _services = services;

    /// <param name="world">What differs between a terminal, a service and a test.</param>
    /// <param name="workspace">
    /// The named folder, for operations that look for a workspace; null where none was named.
    /// </param>
    /// <param name="simulated">Gives the simulated vendors, where the program has them.</param>
    public static MachineOperations Of(HostWorld world, string? workspace, Func<ISimulatedVendors> simulated)
    {
        var services = new ServiceCollection();
        services.AddSingleton(world.Clock);
        var workspaces = new WorkspaceFolders(world, workspace);
        services.AddSingleton<IWorkspaces>(workspaces);
        services.AddSingleton(_ => simulated());
        services.AddSingleton(_ => LogsOf(workspaces, world));
        services.AddSingleton<TelemetrySource>();
        services.AddSingleton<VendorTelemetry>();
        services.AddSingleton(provider => new GatewaySettings(() =>
            workspaces.OptionsOrDefaults().Vendors.Of<IbkrOptions>().ForClient(world.Clock) with
            {
                Telemetry = provider.GetRequiredService<VendorTelemetry>(),
            }
        ));
        services.AddSingleton<InitOperation>();
        services.AddSingleton<DoctorOperation>();
        services.AddSingleton<DemoOperation>();
        services.AddSingleton<QuoteChain>();
        services.AddSingleton<ExamineGateway>();
        return new MachineOperations(services.BuildServiceProvider());
    }

    // By the logging options of the workspace that also names the gateway, or by the environment alone.
    private static ILoggerFactory LogsOf(WorkspaceFolders workspaces, HostWorld world)
    {
        var options = workspaces.OptionsOrDefaults();
        WorkspaceSecrets.Add(options, world.Secrets);
        return LogSinks.Open(options.Logging, world.Clock, world.Secrets, world.Error);
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
