using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Yaml;

namespace Tidemark.Definitions.Datasets;

/// <summary>Keys of a dataset's file that hold either a word or something else.</summary>
internal static class DatasetFacts
{
    /// <summary>How a file says that its rows have no key.</summary>
    public const string NoKey = "none";

    private static readonly Dictionary<string, string?> s_batches = Batches.All.ToDictionary(b => b, b => (string?)b);

    private static readonly Dictionary<string, string?> s_flags = FlagNames.OfDatasets.ToDictionary(
        f => f,
        f => (string?)f
    );

    /// <summary>The columns of the key; empty for <c>key: none</c>, and after a problem.</summary>
    public static IReadOnlyList<string> Key(YamlSection root)
    {
        if (!root.HoldsText("key"))
        {
            return root.RequiredTextList("key");
        }

        if (root.Text("key") != NoKey)
        {
            root.Problem(
                "key",
                $"is '{root.Text("key")}', expected a list like [a, b], or {NoKey}: equal rows are legal"
            );
        }

        return [];
    }

    /// <summary>The key <c>batch</c>.</summary>
    public static string? Batch(YamlSection root) => root.Word("batch", s_batches, fallback: null);

    /// <summary>The key <c>flag</c>.</summary>
    public static string? Flag(YamlSection root) => root.Word("flag", s_flags, fallback: null);

    /// <summary>The key <c>points</c>: a number, or that it is bought.</summary>
    public static AccountNeed? Needs(YamlSection root)
    {
        if (root.Text("points") is not { } text)
        {
            return null;
        }

        if (text == AccountNeed.Purchased)
        {
            return new AccountNeed(0, IsPurchased: true);
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var points))
        {
            return new AccountNeed(points, IsPurchased: false);
        }

        root.Problem("points", $"is '{text}', expected a whole number, 0 or more, or {AccountNeed.Purchased}");
        return null;
    }

    /// <summary>The key <c>retired</c>: true, or since when.</summary>
    public static Retirement? Retired(YamlSection root)
    {
        if (root.Text("retired") is not { } text)
        {
            return null;
        }

        if (YamlScalars.TryBool(text, out var isRetired))
        {
            return isRetired ? new Retirement(Since: null) : null;
        }

        if (TradeDate.TryParseIso(text, out var since))
        {
            return new Retirement(since);
        }

        root.Problem("retired", $"is '{text}', expected true, false or the day since when, like 2026-07-10");
        return null;
    }
}
