namespace Tidemark.Operations.Runs;

/// <summary>Who asked for a run, as its row says.</summary>
internal static class RunSources
{
    public const string Manual = "manual";
    public const string Schedule = "schedule";
}
