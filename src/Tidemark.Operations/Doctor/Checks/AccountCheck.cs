using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Operations.Planning;
using Tidemark.Vendors;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Tells what the vendors' accounts have and warns of what will end. Where a vendor does not answer at once there is
/// nothing to tell: that calls work, <c>preflight</c> finds out.
/// </summary>
internal sealed class AccountCheck(IVendorDirectory vendors, DatasetRegistry datasets, TimeProvider clock)
    : IDoctorCheck
{
    private const int WarnsDaysBefore = 90;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var said = new List<string>();
        var ends = false;
        foreach (var vendor in datasets.All.Select(d => d.Vendor).Distinct(StringComparer.Ordinal))
        {
            if (await AskAsync(vendor, cancellationToken) is not { Count: > 0 } account)
            {
                continue;
            }

            var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            var days = account[0].Until.DayNumber - today.DayNumber;
            ends |= days <= WarnsDaysBefore;
            said.Add($"{vendor}: {AccountText.Of(account)}{(days <= WarnsDaysBefore ? Ending(account, days) : "")}");
        }

        return said.Count == 0 ? null : new CheckAnswer(string.Join(" | ", said), ends);
    }

    private static string Ending(IReadOnlyList<Entitlement> account, int days) =>
        days < 0
            ? string.Create(CultureInfo.InvariantCulture, $"; {account[0].Points:N0} have ended")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"; {account[0].Points:N0} end in {days} {(days == 1 ? "day" : "days")}: `tidemark plan --points {account.Skip(1).Sum(part => part.Points)}` tells what that closes"
            );

    private async Task<IReadOnlyList<Entitlement>?> AskAsync(string vendor, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(s_patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await vendors.ConnectAsync(vendor, cancellationToken) is IAccountClient client
                ? await client.EntitlementsAsync(either.Token)
                : null;
        }
        catch (Exception e)
            when (e is TidemarkException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return null;
        }
    }
}
