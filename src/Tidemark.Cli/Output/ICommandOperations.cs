using Tidemark.Operations;

namespace Tidemark.Cli.Output;

/// <summary>Gives a command its operations.</summary>
internal interface ICommandOperations
{
    /// <summary>Those of a workspace, which is opened.</summary>
    /// <param name="world">Whose environment and folder count.</param>
    /// <param name="workspace">The folder that <c>--workspace</c> names, or null.</param>
    IOperations OfWorkspace(CommandWorld world, string? workspace);

    /// <summary>Those that need no workspace; some of them look for one by themselves.</summary>
    IOperations OfMachine(CommandWorld world, string? workspace);
}
