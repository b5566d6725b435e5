using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tidemark.Completeness.Evaluation;
using Tidemark.Core;
using Tidemark.Core.Calendars;
using Tidemark.Core.Completeness;
using Tidemark.Core.Datasets;
using Tidemark.Definitions.Checks;

namespace Tidemark.Completeness.Results;

/// <summary>
/// A short text of everything but the tables that results depend on: the rules of this program, the check's definition,
/// the open days, the user's symbols. Results with another fingerprint answer another question.
/// </summary>
internal static class CheckFingerprint
{
    /// <summary>Increase it whenever the rules that turn evidence into cells change.</summary>
    private const int Rules = 2;

    /// <summary>The fingerprint for a range of days; null when the calendar does not cover it.</summary>
    public static string? Of(
        CheckDefinition check,
        TradingCalendar calendar,
        DateOnly from,
        DateOnly to,
        DateOnly newest,
        CellReason excluded,
        IReadOnlySet<string>? targets
    )
    {
        if (from < calendar.First || to > calendar.Last)
        {
            return null;
        }

        var text = new StringBuilder();
        Add(
            text,
            Rules.ToString(CultureInfo.InvariantCulture),
            check.Id,
            check.Bucket.Name(),
            check.EntityType,
            check.Entity
        );
        if (check.Entities is { } entities)
        {
            Add(text, "entities", entities.Symbol, entities.Listed, entities.Delisted, entities.Where, entities.Name);
            Add(text, entities.Dataset);
        }

        foreach (var dataset in check.Required)
        {
            Add(text, "required");
            Add(text, dataset);
            Add(text, [.. check.Values.GetValueOrDefault(dataset.Id, [])]);
        }

        if (check.Suspensions is { } suspensions)
        {
            Add(text, "suspensions", suspensions.Symbol, suspensions.Where, suspensions.Unless?.Id);
            Add(text, suspensions.Dataset);
        }

        Add(text, "days");
        foreach (var day in calendar.OpenDaysBetween(from, to))
        {
            text.Append(day.DayNumber).Append(' ');
        }

        if (check.IsSnapshot)
        {
            Add(text, "newest", newest.ToIso());
        }

        if (excluded != CellReason.None)
        {
            Add(text, "excluded", excluded.Name());
        }

        if (targets is not null)
        {
            Add(text, ["targets", .. targets.Order(StringComparer.Ordinal)]);
        }

        return Hash(text.ToString());
    }

    public static string Of(EntityList entities)
    {
        var text = new StringBuilder(entities.Count * 24).Append(entities.IsKnown ? "known" : "unknown");
        for (var i = 0; i < entities.Count; i++)
        {
            text.Append('\n')
                .Append(entities.Symbols[i])
                .Append('\t')
                .Append(entities.Listed[i].DayNumber)
                .Append('\t')
                .Append(entities.Delisted[i].DayNumber)
                .Append('\t')
                .Append(entities.Left[i].DayNumber);
        }

        // Rows under an earlier code count as the entity's.
        foreach (var (code, entity) in entities.EarlierCodes)
        {
            text.Append('\n').Append(code).Append('\t').Append(entity);
        }

        return Hash(text.ToString());
    }

    private static void Add(StringBuilder text, DatasetDefinition dataset) =>
        Add(text, dataset.Id, dataset.Table, dataset.Calendar, dataset.Grain.ToString(), dataset.History?.ToIso());

    // The lengths make "a", "bc" differ from "ab", "c".
    private static void Add(StringBuilder text, params IReadOnlyList<string?> parts)
    {
        foreach (var part in parts)
        {
            text.Append(part?.Length ?? -1).Append(':').Append(part).Append('\n');
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
