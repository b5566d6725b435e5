using Tidemark.Hosting.Workspace;
using Tidemark.Operations;
using Tidemark.Operations.Workspaces;

namespace Tidemark.Hosting;

/// <summary>Workspaces as the composition root opens and makes them.</summary>
/// <param name="world">What differs between a terminal, a service and a test.</param>
/// <param name="named">The folder that was named; null where none was.</param>
internal sealed class WorkspaceFolders(HostWorld world, string? named) : IWorkspaces
{
    public IOperations Open() => TidemarkHost.Open(world, named);

    public IOperations Open(string folder, IReadOnlyDictionary<string, string> settings)
    {
        var environment = new Dictionary<string, string>(world.Environment, StringComparer.Ordinal);
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return TidemarkHost.Open(world with { Environment = environment }, folder);
    }

    public bool Exists(string folder) => File.Exists(Path.Combine(folder, WorkspaceReader.FileName));

    public Uri VendorOf(string folder) => WorkspaceReader.Load(folder, world.Environment).Vendors.Tushare.Url;

    public string Create(string folder, IReadOnlyDictionary<string, string> values) =>
        WorkspaceWriter.Init(folder, values);
}
