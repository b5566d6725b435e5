using Tidemark.Core.Errors;
using Tidemark.Hosting.Workspace;
using Tidemark.Operations;
using Tidemark.Operations.Workspaces;
using Tidemark.Vendors.Tushare;

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

    public Uri VendorOf(string folder) => Load(folder).Vendors.Of<TushareOptions>().Url;

    public string Create(string folder, IReadOnlyDictionary<string, string> values) =>
        WorkspaceWriter.Init(folder, values, world.Vendors);

    /// <summary>
    /// The options of the workspace that is named or found, or the defaults where nobody named one and none is found.
    /// </summary>
    /// <exception cref="TidemarkException">
    /// Kind Configuration: the workspace that was named is not there, or its file has faults.
    /// </exception>
    public WorkspaceOptions OptionsOrDefaults()
    {
        try
        {
            return Load(WorkspaceLocator.Find(named, world.Environment, world.CurrentFolder));
        }
        catch (TidemarkException e) when (e.Code == WorkspaceLocator.NotFoundCode && named is null)
        {
            // What a workspace's processes share is then shared by all processes of this user without one.
            var shared = Path.Combine(Path.GetTempPath(), $"tidemark-{System.Environment.UserName}");
            return WorkspaceReader.Parse(shared, "", world.Environment, world.Vendors);
        }
    }

    private WorkspaceOptions Load(string folder) => WorkspaceReader.Load(folder, world.Environment, world.Vendors);
}
