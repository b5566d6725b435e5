using Microsoft.Extensions.DependencyInjection;
using Tidemark.Core.Errors;
using Tidemark.Hosting.Workspace;
using Tidemark.Operations;

namespace Tidemark.Hosting;

/// <summary>
/// One opened workspace: finds it, reads its options and makes parts when they are asked for. The command line, the
/// console and the tests use it. Dispose it.
/// </summary>
public sealed class TidemarkHost : IOperations
{
    private readonly ServiceProvider _services;

    private TidemarkHost(ServiceProvider services, WorkspaceOptions options)
    {
        _services = services;
        Options = options;
    }

    public WorkspaceOptions Options { get; }

    /// <summary>
    /// Opens the workspace that <paramref name="workspace"/>, the environment or the current folder names.
    /// </summary>
    /// <exception cref="TidemarkException">
    /// Kind Configuration: there is none, or its file has faults (all of them are listed).
    /// </exception>
    public static TidemarkHost Open(HostWorld world, string? workspace)
    {
        var folder = WorkspaceLocator.Find(workspace, world.Environment, world.CurrentFolder);
        var options = WorkspaceReader.Load(folder, world.Environment, world.Vendors);
        return new TidemarkHost(new ServiceCollection().AddTidemark(options, world).BuildServiceProvider(), options);
    }

    /// <summary>Gives a part of the workspace by its type.</summary>
    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
