using Tidemark.Core.Errors;

namespace Tidemark.Operations.Workspaces;

/// <summary>
/// Workspaces as folders: what operations that begin without one need. The composition root provides it.
/// </summary>
public interface IWorkspaces
{
    /// <summary>
    /// Opens the workspace that the call is about: the one that is named, or found from the current folder on.
    /// </summary>
    /// <exception cref="TidemarkException">There is none, or its file has faults (all of them are listed).</exception>
    IOperations Open();

    /// <summary>Opens the workspace in a folder.</summary>
    /// <param name="folder">Where it is.</param>
    /// <param name="settings">What goes before its file, by the names of environment variables.</param>
    /// <exception cref="TidemarkException">There is none, or its file has faults.</exception>
    IOperations Open(string folder, IReadOnlyDictionary<string, string> settings);

    /// <summary>Whether a folder is a workspace.</summary>
    bool Exists(string folder);

    /// <summary>Where the workspace in a folder posts its requests to Tushare.</summary>
    Uri VendorOf(string folder);

    /// <summary>Makes a folder a workspace; returns the path of its file.</summary>
    /// <param name="folder">Made when it is not there.</param>
    /// <param name="values">Values that differ from the defaults, by dotted key.</param>
    /// <exception cref="TidemarkException">There is one already, or nothing can be written there.</exception>
    string Create(string folder, IReadOnlyDictionary<string, string> values);
}
