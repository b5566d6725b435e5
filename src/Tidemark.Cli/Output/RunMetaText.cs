using System.Text.Json.Nodes;

namespace Tidemark.Cli.Output;

/// <summary>
/// Writes the units in a run's <c>meta_json</c> for people. Runs of earlier versions have fewer facts.
/// </summary>
internal static class RunMetaText
{
    private static readonly (string Key, string Words, bool IsAlways)[] s_counts =
    [
        ("unitsPlanned", "planned", true),
        ("unitsCommitted", "committed", true),
        ("unitsOpen", "open", false),
        ("unitsFailed", "failed", false),
        ("unitsLeft", "left", false),
        ("unitsIncomplete", "not whole", false),
        ("unitsWaiting", "waiting", false),
        ("datasetsLeftOut", "datasets left out", false),
        ("checksLeftOut", "checks left out", false),
        ("unitsGivenUp", "given up", false),
    ];

    public static IEnumerable<string> Of(string? metaJson)
    {
        if (metaJson is null || JsonNode.Parse(metaJson) is not JsonObject meta)
        {
            yield break;
        }

        var counts = s_counts
            .Where(c => meta[c.Key] is { } count && (c.IsAlways || (long)count > 0))
            .Select(c => $"{meta[c.Key]} {c.Words}")
            .ToArray();
        if (counts.Length > 0)
        {
            yield return $"units: {string.Join(", ", counts)}";
        }

        if (meta["definitions"] is { } fingerprint)
        {
            yield return $"definitions: {fingerprint}";
        }

        foreach (var (key, words) in new[] { ("incomplete", "not whole"), ("givenUp", "given up") })
        {
            foreach (var unit in meta[key] as JsonArray ?? [])
            {
                yield return $"  {unit!["unit"]} {words}, attempts so far {unit["attempts"]}: {unit["reason"]}";
            }
        }
    }
}
