using Tidemark.Core.Errors;
using Tidemark.Hosting.Workspace;
using Tidemark.Vendors.Ibkr;

namespace Tidemark.Hosting;

/// <summary>
/// How TWS or IB Gateway is reached: as the workspace says, or as the defaults say where there is no workspace.
/// </summary>
public static class IbkrGateway
{
    private static readonly TimeSpan s_lockLife = TimeSpan.FromHours(2);

    /// <param name="world">
    /// Whose environment may override settings, and where the search for a workspace begins.
    /// </param>
    /// <param name="workspace">A workspace folder that must be there; null = the one that is found, if any.</param>
    /// <exception cref="TidemarkException">
    /// Kind Configuration: the workspace that was named is not there, or its file has faults.
    /// </exception>
    public static IbkrClientOptions Options(HostWorld world, string? workspace)
    {
        var options = Workspace(world, workspace);
        var ibkr = options.Vendors.Ibkr;
        return new IbkrClientOptions
        {
            Host = ibkr.Host,
            Port = ibkr.Port,
            ClientId = ibkr.ClientId,
            ClientIds = new ClientIdPool(
                Path.Combine(options.Folder, "client-ids"),
                ClientRole.Prod,
                s_lockLife,
                world.Clock
            ),
            MarketDataType = (MarketDataType)ibkr.MarketDataType,
        };
    }

    internal static WorkspaceOptions Workspace(HostWorld world, string? workspace)
    {
        try
        {
            var folder = WorkspaceLocator.Find(workspace, world.Environment, world.CurrentFolder);
            return WorkspaceReader.Load(folder, world.Environment);
        }
        catch (TidemarkException e) when (e.Code == WorkspaceLocator.NotFoundCode && workspace is null)
        {
            // Client ids are shared by all processes of this machine that have no workspace.
            var shared = Path.Combine(Path.GetTempPath(), $"tidemark-{System.Environment.UserName}");
            return WorkspaceReader.Parse(shared, "", world.Environment);
        }
    }
}
