using System.Globalization;
using Tidemark.Core.Answers;

namespace Tidemark.Vendors.RateLimits;

/// <summary>What is left of a window, for the next process.</summary>
/// <param name="Window">Whose.</param>
/// <param name="Until">The moment from which on it no longer counts.</param>
/// <param name="Calls">The calls that count until then; 0 = the vendor has refused a call, and none may be made.</param>
internal readonly record struct CountedCalls(TimeSpan Window, DateTimeOffset Until, int Calls);

/// <summary>
/// The calls of one account that still count, kept for the next process: the vendor counts on while ours end and
/// begin. Of windows of an hour and more each call is kept before it is sent, of shorter ones every
/// <see cref="KeepsEvery"/>: a process that is killed loses no more. Two processes at once do not see each other's.
/// Thread-safe.
/// </summary>
/// <param name="kept">Where they are kept; null to know only this process's.</param>
/// <param name="vendor">The vendor.</param>
/// <param name="account">What tells its accounts apart, without a secret.</param>
/// <param name="clock">Tells the age of what is kept.</param>
internal sealed class CallHistory(IKeptAnswers? kept, string vendor, string account, TimeProvider clock) : IDisposable
{
    public static readonly TimeSpan KeepsEvery = TimeSpan.FromSeconds(5);

    private const int Rules = 1;
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
            var mine = buckets.ToDictionary(b => b.Key, b => b.Value.Counted(), StringComparer.Ordinal);
            var others = (await BeforeAsync(cancellationToken)).Where(b => !mine.ContainsKey(b.Key));
            var rows = others
                .SelectMany(other => other.Where(c => c.Until > now).Select(c => Row(other.Key, c)))
                .Concat(mine.SelectMany(own => own.Value.Select(c => Row(own.Key, c))));
            await kept.KeepAsync(Question, Basis, new AnswerTable([.. rows]).ToString(), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<ILookup<string, CountedCalls>> BeforeAsync(CancellationToken cancellationToken)
    {
        if (_before is null)
        {
            var text = kept is null ? null : await kept.FindAsync(Question, Basis, cancellationToken);
            _before = AnswerTable.Parse(text ?? "").Rows.ToLookup(row => row[0], Read, StringComparer.Ordinal);
        }

        return _before;
    }

    private static IReadOnlyList<string> Row(string name, CountedCalls counted) =>
        [
            name,
            counted.Window.Ticks.ToString(CultureInfo.InvariantCulture),
            counted.Until.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            counted.Calls.ToString(CultureInfo.InvariantCulture),
        ];

    private static CountedCalls Read(IReadOnlyList<string> row) =>
        new(
            TimeSpan.FromTicks(long.Parse(row[1], CultureInfo.InvariantCulture)),
            DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(row[2], CultureInfo.InvariantCulture)),
            int.Parse(row[3], CultureInfo.InvariantCulture)
        );
}
