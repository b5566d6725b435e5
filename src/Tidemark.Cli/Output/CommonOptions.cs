using System.CommandLine;

namespace Tidemark.Cli.Output;

/// <summary>The options that every command has.</summary>
internal static class CommonOptions
{
    public static readonly Option<string?> Workspace = new("--workspace")
    {
        Description =
            "The workspace folder (default: $TIDEMARK_WORKSPACE, else the nearest folder with a tidemark.yaml)",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "One JSON document on stdout and nothing else; progress and logs go to stderr",
        Recursive = true,
    };

    public static readonly Option<bool> Quiet = new("--quiet") { Description = "No progress", Recursive = true };

    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Every step on stderr",
        Recursive = true,
    };

    public static readonly Option<bool> NoColor = new("--no-color")
    {
        Description = "Plain text: no colours, no progress bars",
        Recursive = true,
    };

    /// <summary>
    /// The folder of a workspace that a command makes: named by itself, or by <see cref="Workspace"/>.
    /// </summary>
    public static Argument<string> NewWorkspace(string description, string standard)
    {
        var folder = new Argument<string>("DIR")
        {
            Description = description,
            DefaultValueFactory = argument => argument.GetValue(Workspace) ?? standard,
        };
        folder.Validators.Add(argument =>
        {
            if (argument.Tokens.Count > 0 && argument.GetResult(Workspace) is { Implicit: false })
            {
                argument.AddError("DIR and --workspace both name the new folder: give one of them.");
            }
        });
        return folder;
    }
}
