using System.Globalization;

namespace Tidemark.Core.Datasets;

/// <summary>At most so many calls in any window of that length; written <c>200/min</c>.</summary>
public readonly record struct RateLimit(int Calls, TimeSpan Window)
{
    /// <summary>What a limit looks like, for messages about ones that don't.</summary>
    public const string Expected = "calls and window like 200/min (s, min, hour or day)";

    /// <summary>
    /// Higher limits than this a minute are those of servers that have none; the vendors' are up to it.
    /// </summary>
    private const int HighestOfVendors = 500;

    /// <summary>Whether it allows more than any vendor does: who says so means that nobody counts.</summary>
    public bool IsOfNoVendor => Calls > HighestOfVendors;

    /// <summary>Reads <c>200/min</c>, <c>1/h</c>, <c>10/day</c>.</summary>
    public static bool TryParse(string? text, out RateLimit limit)
    {
        limit = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (
            slash < 1
            || !int.TryParse(
                text.AsSpan(0, slash).Trim(),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var calls
            )
            || calls < 1
        )
        {
            return false;
        }

        TimeSpan? window = text![(slash + 1)..].Trim() switch
        {
            "s" or "sec" or "second" => TimeSpan.FromSeconds(1),
            "min" or "minute" => TimeSpan.FromMinutes(1),
            "h" or "hour" => TimeSpan.FromHours(1),
            "d" or "day" => TimeSpan.FromDays(1),
            _ => null,
        };
        limit = new RateLimit(calls, window ?? default);
        return window is not null;
    }

    /// <exception cref="FormatException">The text is no limit.</exception>
    public static RateLimit Parse(string text) =>
        TryParse(text, out var limit) ? limit : throw new FormatException($"'{text}' is not {Expected}");

    /// <summary>The least time that so many calls take: what does not fit into a window waits for the next.</summary>
    public TimeSpan TimeFor(long calls) => calls <= 0 ? TimeSpan.Zero : (calls - 1) / Calls * Window;

    /// <summary>
    /// What accounts may call together that are asked side by side, by window: of each window that one of them has,
    /// the calls that all of them together may make within it. Empty where one of them has no limit.
    /// </summary>
    public static IReadOnlyList<RateLimit> Together(IReadOnlyList<IReadOnlyList<RateLimit>> accounts) =>
        accounts switch
        {
            [var alone] => alone,
            _ when accounts.Any(limits => limits.Count == 0) => [],
            _ =>
            [
                .. accounts
                    .SelectMany(limits => limits.Select(limit => limit.Window))
                    .Distinct()
                    .Order()
                    .Select(window => new RateLimit(
                        (int)Math.Min(int.MaxValue, accounts.Sum(limits => limits.Min(limit => limit.Within(window)))),
                        window
                    )),
            ],
        };

    /// <summary>The most calls within another window.</summary>
    private long Within(TimeSpan window) => window <= Window ? Calls : Calls * (window.Ticks / Window.Ticks);

    public override string ToString() =>
        Window.TotalSeconds switch
        {
            1 => $"{Calls}/s",
            60 => $"{Calls}/min",
            3600 => $"{Calls}/hour",
            86400 => $"{Calls}/day",
            var seconds => $"{Calls}/{seconds}s",
        };
}
