using System.Globalization;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;

namespace Tidemark.Vendors.RateLimits;

/// <summary>
/// The limits that a vendor named when it refused calls of one account, kept for the next process: an account is
/// refused for each of them once, not once a run. After <see cref="Age"/> a limit is asked for anew, because accounts
/// are upgraded. Thread-safe.
/// </summary>
/// <param name="kept">Where they are kept; null to know only this process's.</param>
/// <param name="vendor">The vendor.</param>
/// <param name="account">What tells its accounts apart, without a secret.</param>
/// <param name="clock">Tells when a limit was learned.</param>
internal sealed class LearnedLimits(IKeptAnswers? kept, string vendor, string account, TimeProvider clock) : IDisposable
{
    /// <summary>How long a limit is believed after the vendor named it.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromDays(7);

    private const int Rules = 1;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Dictionary<(string Api, TimeSpan Window), Learned>? _all;

    /// <summary>The limits of an api that are believed now.</summary>
    public async ValueTask<IReadOnlyList<RateLimit>> OfAsync(string api, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var found = new List<RateLimit>();
            foreach (var learned in (await ReadAsync(cancellationToken)).Values)
            {
                if (learned.Api == api && learned.At + Age > clock.GetUtcNow())
                {
                    found.Add(learned.Limit);
                }
            }

            return found;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Keeps what the vendor said just now.</summary>
    public async ValueTask KeepAsync(string api, RateLimit said, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var all = await WithOthersAsync(cancellationToken);
            all[(api, said.Window)] = new Learned(api, said, clock.GetUtcNow());
            if (kept is not null)
            {
                await kept.KeepAsync(
                    Question,
                    Basis,
                    new AnswerTable([.. all.Values.Select(Row)]).ToString(),
                    cancellationToken
                );
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    // A question an account: the accounts of a pool learn side by side.
    private string Question => $"rate limits of {vendor} {account}";

    private static string Basis => Rules.ToString(CultureInfo.InvariantCulture);

    /// <summary>What this process knows, with what another has learned meanwhile.</summary>
    private async Task<Dictionary<(string Api, TimeSpan Window), Learned>> WithOthersAsync(
        CancellationToken cancellationToken
    )
    {
        var known = await ReadAsync(cancellationToken);
        _all = null;
        var all = await ReadAsync(cancellationToken);
        foreach (var (of, mine) in known)
        {
            all[of] = all.TryGetValue(of, out var other) && other.At > mine.At ? other : mine;
        }

        return all;
    }

    private async Task<Dictionary<(string Api, TimeSpan Window), Learned>> ReadAsync(
        CancellationToken cancellationToken
    )
    {
        if (_all is null)
        {
            var all = new Dictionary<(string Api, TimeSpan Window), Learned>();
            if (kept is not null && await kept.FindAsync(Question, Basis, cancellationToken) is { } text)
            {
                foreach (var row in AnswerTable.Parse(text).Rows)
                {
                    var learned = Read(row);
                    all[(learned.Api, learned.Limit.Window)] = learned;
                }
            }

            _all = all;
        }

        return _all;
    }

    private static IReadOnlyList<string> Row(Learned learned) =>
        [
            learned.Api,
            learned.Limit.Calls.ToString(CultureInfo.InvariantCulture),
            learned.Limit.Window.Ticks.ToString(CultureInfo.InvariantCulture),
            learned.At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        ];

    private static Learned Read(IReadOnlyList<string> row) =>
        new(
            row[0],
            new RateLimit(
                int.Parse(row[1], CultureInfo.InvariantCulture),
                TimeSpan.FromTicks(long.Parse(row[2], CultureInfo.InvariantCulture))
            ),
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(row[3], CultureInfo.InvariantCulture))
        );

    private sealed record Learned(string Api, RateLimit Limit, DateTimeOffset At);
}
