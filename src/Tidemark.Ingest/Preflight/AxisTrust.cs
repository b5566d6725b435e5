using System.Globalization;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Preflight;

/// <summary>What a comparison of the two axes of a dataset has shown.</summary>
/// <param name="At">When the vendor was asked.</param>
/// <param name="Difference">The first difference in words; null where both brought the same rows.</param>
public sealed record AxisVerdict(DateTimeOffset At, string? Difference)
{
    /// <summary>Whether units by symbol may be fetched.</summary>
    public bool IsTrusted => Difference is null;
}

/// <summary>
/// Remembers whether a dataset's rows by symbol are those that its days have. A verdict holds for one account and
/// address and for what both axes ask for, and not for ever: vendors change. Thread-safe.
/// </summary>
public sealed class AxisTrust(IKeptAnswers kept, IVendorDirectory vendors, TimeProvider clock)
{
    /// <summary>How long a verdict is believed.</summary>
    public static readonly TimeSpan BelievedFor = TimeSpan.FromDays(90);

    /// <summary>Grows when the way of comparing changes.</summary>
    private const int Method = 1;

    /// <summary>The verdict on a dataset with an axis by symbol; null where there is none that is believed.</summary>
    public async Task<AxisVerdict?> FindAsync(DatasetDefinition dataset, CancellationToken cancellationToken)
    {
        if (
            await vendors.TryConnectAsync(dataset, cancellationToken) is not { } client
            || await kept.FindAsync(Question(dataset), Basis(client, dataset), cancellationToken) is not { } text
            || Read(text) is not { } verdict
        )
        {
            return null;
        }

        var age = clock.GetUtcNow() - verdict.At;
        return age >= TimeSpan.Zero && age <= BelievedFor ? verdict : null;
    }

    /// <summary>Keeps a verdict in the place of the one before.</summary>
    internal Task KeepAsync(
        IVendorClient client,
        DatasetDefinition dataset,
        AxisVerdict verdict,
        CancellationToken cancellationToken
    ) =>
        kept.KeepAsync(
            Question(dataset),
            Basis(client, dataset),
            new AnswerTable([
                [
                    verdict.At.ToString("O", CultureInfo.InvariantCulture),
                    .. verdict.Difference is { } other ? [other] : Array.Empty<string>(),
                ],
            ]).ToString(),
            cancellationToken
        );

    private static AxisVerdict? Read(string text) =>
        AnswerTable.Parse(text).Rows is [{ Count: > 0 } row]
        && DateTimeOffset.TryParse(row[0], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var moment)
            ? new AxisVerdict(moment, row.Count > 1 ? row[1] : null)
            : null;

    private static string Question(DatasetDefinition dataset) => $"axis by symbol of {dataset.Id}";

    private static string Basis(IVendorClient client, DatasetDefinition dataset) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Method} {ProbeBasis.Of(client, dataset)} {ProbeBasis.Of(client, dataset.BySymbol!)}"
        );
}
