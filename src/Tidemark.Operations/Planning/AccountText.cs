using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Vendors;

namespace Tidemark.Operations.Planning;

/// <summary>Accounts in words.</summary>
public static class AccountText
{
    private const int WarnsDaysBefore = 90;

    /// <summary>
    /// For example <c>2,000 points until 2026-12-05, 8,000 until 2027-09-08; 2,000 end in 25 days, within a month</c>.
    /// Null where there is nothing to say: the vendor told nothing, or could not be asked.
    /// </summary>
    /// <param name="account">What the vendor said.</param>
    /// <param name="today">The vendor's day.</param>
    public static string? Of(AccountEntitlements account, DateOnly today)
    {
        if (account.Error is { } error)
        {
            return error.Kind == ErrorKind.Unauthorized ? $"left out: {error.Message}" : null;
        }

        return account.Parts.Count == 0 ? null : $"{PartsOf(account.Parts)}{EndingOf(account, today)}";
    }

    /// <summary>
    /// Whether a user should see to it: it is refused, or a part of it ends in less than three months.
    /// </summary>
    public static bool Warns(AccountEntitlements account, DateOnly today) =>
        account.Error?.Kind == ErrorKind.Unauthorized || DaysLeft(account, today) <= WarnsDaysBefore;

    /// <summary>The days that the part that ends first has left; null for none. Less than 0: it has ended.</summary>
    public static int? DaysLeft(AccountEntitlements account, DateOnly today) =>
        account.Parts.Count == 0 ? null : account.Parts[0].Until.DayNumber - today.DayNumber;

    private static string PartsOf(IReadOnlyList<Entitlement> parts) =>
        string.Join(
            ", ",
            parts.Select(
                (part, i) =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{part.Points:N0}{(i == 0 ? " points" : "")} until {part.Until.ToIso()}"
                    )
            )
        );

    private static string EndingOf(AccountEntitlements account, DateOnly today)
    {
        var points = account.Parts[0].Points.ToString("N0", CultureInfo.InvariantCulture);
        return DaysLeft(account, today) switch
        {
            < 0 => $"; {points} have ended",
            0 => $"; {points} end today",
            1 => $"; {points} end tomorrow",
            <= 7 and var days => $"; {points} end in {days} days, within a week",
            <= 30 and var days => $"; {points} end in {days} days, within a month",
            <= WarnsDaysBefore and var days => $"; {points} end in {days} days",
            _ => "",
        };
    }
}
