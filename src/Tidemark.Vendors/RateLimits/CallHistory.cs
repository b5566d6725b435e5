using System.Globalization;
using Tidemark.Core.Answers;

namespace Tidemark.Vendors.RateLimits;

/// <summary>Calls that limits may count, or a refusal, for the next process.</summary>
/// <param name="Window">Of the limit that refused a call; zero for calls, which every limit counts.</param>
/// <param name="Until">The moment from which on it no longer counts.</param>
/// <param name="Calls">How many; 0 = the vendor has refused a call, and none may be made until then.</param>
internal readonly record struct CountedCalls(TimeSpan Window, DateTimeOffset Until, int Calls)
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    public static CountedCalls Made(DateTimeOffset at, int calls) => new(TimeSpan.Zero, at + s_longest, calls);

    /// <summary>When the last of the calls was made.</summary>
    public DateTimeOffset At => Until - s_longest;
}

/// <summary>
/// The calls of one account that still count, kept for the next process: the vendor counts on while ours end and
/// begin. Of limits of an hour and more each call is kept before it is sent, of shorter ones every
/// <see cref="KeepsEvery"/>: a process that is killed loses no more. Each process keeps the calls that it made itself
/// beside those of the others. Two at once do not see what the other calls meanwhile, but the next one sees both; where
/// both write in the same moment, what the earlier wrote is back with its next call. Thread-safe.
/// </summary>
/// <param name="kept">Where they are kept; null to know only this process's.</param>
/// <param name="vendor">The vendor.</param>
/// <param name="account">What tells its accounts apart, without a secret.</param>
/// <param name="process">What tells this process from all others.</param>
/// <param name="clock">Tells the age of what is kept.</param>
internal sealed class CallHistory(IKeptAnswers? kept, string vendor, string account, Guid process, TimeProvider clock)
    : IDisposable
{
    public static readonly TimeSpan KeepsEvery = TimeSpan.FromSeconds(5);

    private const int Rules = 2;
    private readonly string _mine = process.ToString("N");
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ILookup<string, CountedCalls>? _before;
    private DateTimeOffset? _keptAt;

    // A question an account: who goes from one to another and back finds what was kept of both.
    private string Question => $"calls of {vendor} {account}";

    private static string Basis => Rules.ToString(CultureInfo.InvariantCulture);

    /// <summary>The calls that count of the processes before this one.</summary>
    /// <param name="name">What the limits count: an api, or a group of them.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public async ValueTask<IReadOnlyList<CountedCalls>> OfAsync(string name, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return [.. (await BeforeAsync(cancellationToken))[name]];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Keeps the calls that count now, unless that was done just before.</summary>
    /// <param name="buckets">Those of this process.</param>
    /// <param name="atOnce">Whether to do it in any case.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async ValueTask KeepAsync(
        IEnumerable<KeyValuePair<string, RateBucket>> buckets,
        bool atOnce,
        CancellationToken cancellationToken
    )
    {
        if (kept is null)
        {
            return;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            if (!atOnce && _keptAt is { } last && now - last < KeepsEvery && now >= last)
            {
                return;
            }

            _keptAt = now;
            var others = (await ReadAsync(cancellationToken)).Where(row => row[0] != _mine && Read(row).Until > now);
            var mine = buckets.SelectMany(own => own.Value.Counted().Select(counted => Row(own.Key, counted)));
            var table = new AnswerTable([.. others, .. mine]);
            await kept.KeepAsync(Question, Basis, table.ToString(), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<ILookup<string, CountedCalls>> BeforeAsync(CancellationToken cancellationToken) =>
        _before ??= (await ReadAsync(cancellationToken)).ToLookup(row => row[1], Read, StringComparer.Ordinal);

    private async Task<IReadOnlyList<IReadOnlyList<string>>> ReadAsync(CancellationToken cancellationToken)
    {
        var text = kept is null ? null : await kept.FindAsync(Question, Basis, cancellationToken);
        return AnswerTable.Parse(text ?? "").Rows;
    }

    private IReadOnlyList<string> Row(string name, CountedCalls counted) =>
        [
            _mine,
            name,
            counted.Window.Ticks.ToString(CultureInfo.InvariantCulture),
            counted.Until.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            counted.Calls.ToString(CultureInfo.InvariantCulture),
        ];

    private static CountedCalls Read(IReadOnlyList<string> row) =>
        new(
            TimeSpan.FromTicks(long.Parse(row[2], CultureInfo.InvariantCulture)),
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(row[3], CultureInfo.InvariantCulture)),
            int.Parse(row[4], CultureInfo.InvariantCulture)
        );
}
