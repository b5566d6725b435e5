namespace Tidemark.Operations.Runs;

/// <summary>The sources that a run's row may name.</summary>
internal static class RunSources
{
    public const string Manual = "manual";
    public const string Schedule = "schedule";

    /// <summary>A process that began to serve.</summary>
    public const string Startup = "startup";

    /// <summary>Units whose next attempt was due.</summary>
    public const string Auto = "auto";
}
