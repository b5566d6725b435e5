using Tidemark.Cli.Output;
using Tidemark.Cli.Simulation;
using Tidemark.Hosting;
using Tidemark.Operations;

namespace Tidemark.Cli;

/// <summary>
/// Gives commands the operations of the composition root, with the simulated vendors, which only this program has.
/// </summary>
internal sealed class ProgramOperations : ICommandOperations
{
    public IOperations OfWorkspace(CommandWorld world, string? workspace) =>
        TidemarkHost.Open(HostOf(world), workspace);

    public IOperations OfMachine(CommandWorld world, string? workspace) =>
        MachineOperations.Of(HostOf(world), workspace, () => new SimulatedVendors(world.Clock));

    private static HostWorld HostOf(CommandWorld world) =>
        new(world.Environment, world.CurrentFolder, world.Clock, world.Ids)
        {
            Secrets = world.Secrets,
            OnWait = world.OnWait,
            OnWarning = world.OnWarning,
            Error = world.Error,
        };
}
