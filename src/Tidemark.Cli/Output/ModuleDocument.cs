using Tidemark.Ingest.Modules;

namespace Tidemark.Cli.Output;

/// <summary>What flags and the account leave out, in JSON.</summary>
internal static class ModuleDocument
{
    public static object OutsidePlan(ModulePlan? decided) =>
        (decided?.LeftOut ?? []).Select(of => new
        {
            dataset = of.Dataset.Id,
            module = of.Dataset.Module,
            flag = of.ClosedBy,
        });

    public static object NotEntitled(ModulePlan? decided) =>
        (decided?.NotEntitled ?? []).Select(of => new
        {
            dataset = of.Dataset.Id,
            module = of.Dataset.Module,
            since = of.Refusal!.At,
            reason = of.Refusal.Message,
        });
}
