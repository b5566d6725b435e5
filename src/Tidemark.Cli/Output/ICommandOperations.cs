using Tidemark.Operations;

namespace Tidemark.Cli.Output;

/// <summary>Gives a command its operations.</summary>
internal interface ICommandOperations
{
    /// <summary>Opens a workspace and gives its operations.</summary>
    /// <param name="world">The environment and the current folder to use.</param>
    /// <param name="workspace">The folder that <c>--workspace</c> names, or null.</param>
    IOperations OfWorkspace(CommandWorld world, string? workspace);

    /// <summary>Gives the operations that need no workspace; some of them look for one themselves.</summary>
    IOperations OfMachine(CommandWorld world, string? workspace);
}
