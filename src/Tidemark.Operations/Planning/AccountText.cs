using System.Globalization;
using Tidemark.Core;
using Tidemark.Vendors;

namespace Tidemark.Operations.Planning;

/// <summary>An account in words.</summary>
public static class AccountText
{
    /// <summary>For example <c>2,000 points until 2026-12-05, 8,000 until 2027-09-08</c>.</summary>
    public static string Of(IReadOnlyList<Entitlement> account) =>
        string.Join(
            ", ",
            account.Select(
                (part, i) =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{part.Points:N0}{(i == 0 ? " points" : "")} until {part.Until.ToIso()}"
                    )
            )
        );
}
