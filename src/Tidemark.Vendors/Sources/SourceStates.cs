using System.Globalization;
using Tidemark.Core.Answers;

namespace Tidemark.Vendors.Sources;

/// <summary>
/// The states of an account's sources, kept for the next process. Another process's sources stay as it kept them;
/// where both write at once, the later one wins, and the earlier finds out again.
/// </summary>
/// <param name="kept">Where they are kept; null to keep none.</param>
/// <param name="vendor">The vendor.</param>
/// <param name="account">What tells its addresses and accounts apart, without a secret.</param>
internal sealed class SourceStates(IKeptAnswers? kept, string vendor, string account)
{
    private const int Rules = 1;

    // A question an account: who goes from one to another and back finds what was kept of both.
    private string Question => $"sources of {vendor} {account}";

    private static string Basis => Rules.ToString(CultureInfo.InvariantCulture);

    /// <summary>All that are known, by name.</summary>
    public async Task<Dictionary<string, SourceState>> ReadAsync(CancellationToken cancellationToken)
    {
        var all = new Dictionary<string, SourceState>(StringComparer.Ordinal);
        if (kept is not null && await kept.FindAsync(Question, Basis, cancellationToken) is { } text)
        {
            foreach (var row in AnswerTable.Parse(text).Rows)
            {
                all[row[0]] = Read(row);
            }
        }

        return all;
    }

    /// <summary>Keeps these in the place of those of the same names.</summary>
    public async Task KeepAsync(IEnumerable<SourceState> states, CancellationToken cancellationToken)
    {
        if (kept is null)
        {
            return;
        }

        var all = await ReadAsync(cancellationToken);
        foreach (var state in states)
        {
            all[state.Name] = state;
        }

        await kept.KeepAsync(
            Question,
            Basis,
            new AnswerTable([.. all.Values.OrderBy(s => s.Name, StringComparer.Ordinal).Select(Row)]).ToString(),
            cancellationToken
        );
    }

    private static IReadOnlyList<string> Row(SourceState state) =>
        [
            state.Name,
            state.Failures.ToString(CultureInfo.InvariantCulture),
            Text(state.FailingSince),
            Text(state.LastFailureAt),
            state.LastError,
            Text(state.NextRetryAt),
            state.Halts.ToString(CultureInfo.InvariantCulture),
            Text(state.LastSuccessAt),
        ];

    private static SourceState Read(IReadOnlyList<string> row) =>
        new(row[0])
        {
            Failures = int.Parse(row[1], CultureInfo.InvariantCulture),
            FailingSince = Moment(row[2]),
            LastFailureAt = Moment(row[3]),
            LastError = row[4],
            NextRetryAt = Moment(row[5]),
            Halts = int.Parse(row[6], CultureInfo.InvariantCulture),
            LastSuccessAt = Moment(row[7]),
        };

    private static string Text(DateTimeOffset? moment) =>
        moment?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) ?? "";

    private static DateTimeOffset? Moment(string text) =>
        text.Length == 0
            ? null
            : DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(text, CultureInfo.InvariantCulture));
}
