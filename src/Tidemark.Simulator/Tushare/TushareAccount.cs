using System.Buffers;
using Tidemark.Core;

namespace Tidemark.Simulator.Tushare;

/// <summary>Points that an account has until a day, included.</summary>
public sealed record PointsTranche(int Points, DateOnly Until);

/// <summary>
/// What the account's points open and how often it may call. Without points everything is open and nothing is limited.
/// </summary>
internal sealed class TushareAccount(TushareSimulatorOptions options)
{
    /// <summary>The API that tells an account its points.</summary>
    public const string UserApi = "user";

    /// <summary>Beijing has had no summer time since 1991.</summary>
    private static readonly TimeSpan s_beijing = TimeSpan.FromHours(8);

    /// <summary>By points: calls of each API in a minute and in a day.</summary>
    private static readonly (int Points, int PerMinute, int? PerDay)[] s_tiers =
    [
        (5000, 500, null),
        (2000, 200, 100_000),
        (0, 50, 8000),
    ];

    private static readonly TushareApi s_user = new()
    {
        Name = UserApi,
        RowCap = 1000,
        Columns =
        [
            new TushareColumn("user_id", TushareType.Text),
            new TushareColumn("到期时间", TushareType.Text),
            new TushareColumn("到期积分", TushareType.Number),
        ],
    };

    private DateOnly Today => DateOnly.FromDateTime((options.TimeProvider.GetUtcNow() + s_beijing).UtcDateTime);

    /// <summary>The points of today.</summary>
    public int Points => options.Points!.Where(t => t.Until >= Today).Sum(t => t.Points);

    /// <summary>Whether the account may call an API.</summary>
    public bool MayCall(string api)
    {
        if (options.ForbiddenApis.Contains(api))
        {
            return false;
        }

        if (options.Points is null || options.PurchasedApis.Contains(api))
        {
            return true;
        }

        return Points >= (TushareApis.Find(api)?.Points ?? 0);
    }

    /// <summary>The limits of an API: those that the options name, else those of the points and of the API itself.</summary>
    public IEnumerable<TushareRateLimit> Limits(string api)
    {
        if ((options.RateLimits.GetValueOrDefault(api) ?? options.RateLimit) is { } named)
        {
            yield return named;
            yield break;
        }

        if (options.Points is null)
        {
            yield break;
        }

        var tier = s_tiers.First(t => Points >= t.Points);
        var own = TushareApis.Find(api)?.CallsPerMinute ?? int.MaxValue;
        yield return new TushareRateLimit(Math.Min(tier.PerMinute, own));
        if (tier.PerDay is { } day)
        {
            yield return new TushareRateLimit(day, RateWindow.Day);
        }
    }

    /// <summary>The API <c>user</c>, which belongs to the account and not to the market.</summary>
    public ITushareSource Described { get; } = new Description(options);

    private sealed class Description(TushareSimulatorOptions options) : ITushareSource
    {
        public TushareApi? Find(string api) => api == UserApi ? s_user : null;

        public bool WriteRows(TushareRequest request, IBufferWriter<byte> output, CancellationToken cancellationToken)
        {
            using var writer = new JsonRowWriter(output, request.NumbersAsText);
            foreach (var tranche in options.Points ?? [])
            {
                writer.BeginRow();
                foreach (var column in request.Columns)
                {
                    switch (column)
                    {
                        case 0:
                            writer.Text("100001");
                            break;
                        case 1:
                            writer.Text(tranche.Until.ToIso());
                            break;
                        default:
                            writer.Decimal(tranche.Points, 0);
                            break;
                    }
                }

                writer.EndRow();
            }

            return false;
        }
    }
}
