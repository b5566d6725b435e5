using Tidemark.Core.Errors;
using Tidemark.Hosting.Workspace;
using Tidemark.Operations;
using Tidemark.Operations.Workspaces;
using Tidemark.Vendors.Tushare;

namespace Tidemark.Hosting;

/// <summary>Opens and creates workspaces for the composition root.</summary>
/// <param name="world">What differs between a terminal, a service and a test.</param>
/// <param name="named">The named folder; null where none was named.</param>
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
    /// The options of the workspace that is named or found, or the defaults where none is named or found.
    /// </summary>
    /// <exception cref="TidemarkException">
    /// Kind Configuration: the named workspace does not exist, or its file has faults.
    /// </exception>
    public WorkspaceOptions OptionsOrDefaults()
    {
        try
        {
            return Load(WorkspaceLocator.Find(named, world.Environment, world.CurrentFolder));
        }
        catch (TidemarkException e) when (e.Code == WorkspaceLocator.NotFoundCode && named is null)
        {
            // Without a workspace, all processes of this user share what the processes of a workspace would share.
            var shared = Path.Combine(Path.GetTempPath(), $"tidemark-{System.Environment.UserName}");
            return WorkspaceReader.Parse(shared, "", world.Environment, world.Vendors);
        }
    }

    private WorkspaceOptions Load(string folder) => WorkspaceReader.Load(folder, world.Environment, world.Vendors);
}
