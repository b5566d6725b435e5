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
}
