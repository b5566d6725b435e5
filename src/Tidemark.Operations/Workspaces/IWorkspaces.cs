using Tidemark.Core.Errors;

namespace Tidemark.Operations.Workspaces;

/// <summary>
/// Opens and creates workspaces, for operations that begin without one. The composition root implements it.
/// </summary>
public interface IWorkspaces
{
    /// <summary>
    /// Opens the workspace of the call: the named one, or the one found from the current folder upwards.
    /// </summary>
    /// <exception cref="TidemarkException">There is none, or its file has faults (all of them are listed).</exception>
    IOperations Open();

    /// <summary>Opens the workspace in a folder.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="settings">Settings that override its file, by the names of environment variables.</param>
    /// <exception cref="TidemarkException">There is none, or its file has faults.</exception>
    IOperations Open(string folder, IReadOnlyDictionary<string, string> settings);

    /// <summary>Whether a folder is a workspace.</summary>
    bool Exists(string folder);

    /// <summary>The address to which the workspace in a folder sends its requests for Tushare.</summary>
    Uri VendorOf(string folder);

    /// <summary>Makes a folder a workspace; returns the path of its file.</summary>
    /// <param name="folder">The folder; created when it does not exist.</param>
    /// <param name="values">Values that differ from the defaults, by dotted key.</param>
    /// <exception cref="TidemarkException">There is one already, or nothing can be written there.</exception>
    string Create(string folder, IReadOnlyDictionary<string, string> values);
}
