namespace Tidemark.Operations.Runs;

/// <summary>The sources that a run's row may name.</summary>
internal static class RunSources
{
    public const string Manual = "manual";
    public const string Schedule = "schedule";
}
