using System.Globalization;
using Tidemark.Core.Errors;
using Tidemark.Definitions.Datasets;
using Tidemark.Ingest;
using Tidemark.Operations.Planning;
using Tidemark.Vendors;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>
/// Tells what the vendors' accounts have, and warns of what will end and of tokens that are refused; where all of a
/// vendor's are, it fails. Where a vendor does not answer at once there is nothing to tell: that calls work,
/// <c>preflight</c> finds out.
/// </summary>
internal sealed class AccountCheck(IVendorDirectory vendors, DatasetRegistry datasets, TimeProvider clock)
    : IDoctorCheck
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    public async Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var today = BeijingTime.DayOf(clock.GetUtcNow());
        var said = new List<string>();
        var warns = false;
        foreach (var vendor in datasets.All.Select(d => d.Vendor).Distinct(StringComparer.Ordinal))
        {
            var accounts = await AskAsync(vendor, cancellationToken);
            if (accounts.Count > 0 && accounts.All(of => of.Error?.Kind == ErrorKind.Unauthorized))
            {
                throw new TidemarkException(
                    ErrorKind.Unauthorized,
                    accounts[0].Error!.Code,
                    accounts[0].Error!.Message
                );
            }

            foreach (var account in accounts)
            {
                if (AccountText.Of(account, today) is { } text)
                {
                    warns |= AccountText.Warns(account, today);
                    var whose = accounts.Count == 1 ? vendor : $"{vendor} {account.Name}";
                    said.Add($"{whose}: {text}{WhatIf(accounts, account, today)}");
                }
            }
        }

        return said.Count == 0 ? null : new CheckAnswer(string.Join(" | ", said), warns);
    }

    /// <summary>How to see what is closed when a part of an account has ended, the others as they are.</summary>
    private static string WhatIf(IReadOnlyList<AccountEntitlements> all, AccountEntitlements ending, DateOnly today)
    {
        if (AccountText.DaysLeft(ending, today) is null or < 0 || !AccountText.Warns(ending, today))
        {
            return "";
        }

        var left = all.Max(of => of.Parts.Skip(ReferenceEquals(of, ending) ? 1 : 0).Sum(part => part.Points));
        return string.Create(CultureInfo.InvariantCulture, $": `tidemark plan --points {left}` tells what that closes");
    }

    private async Task<IReadOnlyList<AccountEntitlements>> AskAsync(string vendor, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(s_patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await vendors.ConnectAsync(vendor, cancellationToken) is IAccountClient client
                ? await client.EntitlementsAsync(either.Token)
                : [];
        }
        catch (Exception e)
            when (e is TidemarkException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return [];
        }
    }
}
