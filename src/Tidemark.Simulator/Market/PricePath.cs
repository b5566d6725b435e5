namespace Tidemark.Simulator.Market;

/// <summary>
/// The continuous adjusted price as a pure function of trading time. Noise at dyadic scales (a node every 1, 2, 4, …
/// days, linear between nodes) gives a random walk's look that can be asked at any point; sudden changes of level add
/// what news does. No such sum respects daily limits, so the path is the noise's <em>envelope</em>: C(t) = max over j
/// of N(t + j) − cost(j), where cost is what the price may climb or fall in those |j| days at the limit. That is the
/// smallest path above the noise that never moves more than the limit in a day, and where it binds, the days are limit
/// days, several in a row if need be. It needs eight days of noise on both sides: with the amplitudes used here no peak
/// further away can reach.
/// </summary>
internal static class PricePath
{
    private const int Reach = 8;
    private const int Octaves = 10;

    /// <summary>The level changes about once in 2^4 days.</summary>
    private const int StepShift = 4;

    private const int StepJitter = 12;

    private static readonly double[] s_amplitudes = [.. Enumerable.Range(0, Octaves).Select(k => Math.Pow(2, k / 2.0))];

    /// <summary>
    /// Fills <paramref name="path"/> with logarithms of the adjusted price, in units of the last decimal; the last
    /// entry is for <paramref name="time"/>, the one before for the trading day before, and so on.
    /// </summary>
    public static void Fill(Instrument instrument, int time, Span<double> path)
    {
        var first = time - path.Length + 1 - Reach;
        Span<double> noise = stackalloc double[path.Length + (2 * Reach)];
        AddLevel(instrument, first, noise);
        AddOctaves(instrument, first, noise);
        AddSteps(instrument, first, noise);
        if (IsWithinLimits(instrument, first, noise))
        {
            noise.Slice(Reach, path.Length).CopyTo(path);
            return;
        }

        for (var i = 0; i < path.Length; i++)
        {
            path[i] = Envelope(instrument, first, noise, i + Reach);
        }
    }

    /// <summary>A slow wave from −1 to 1 with a node every 32 days, for volumes.</summary>
    public static double SlowWave(ulong key, int time)
    {
        var node = time >> 5;
        var left = SeededHash.Signed(SeededHash.Mix(key, unchecked((ulong)node)));
        var right = SeededHash.Signed(SeededHash.Mix(key, unchecked((ulong)(node + 1))));
        return left + ((right - left) * ((time & 31) / 32.0));
    }

    /// <summary>
    /// Whether the noise keeps the limits by itself: then it is its own envelope. The common case, at a fraction of the
    /// cost.
    /// </summary>
    private static bool IsWithinLimits(Instrument instrument, int first, ReadOnlySpan<double> noise)
    {
        for (var i = 1; i < noise.Length; i++)
        {
            var move = noise[i] - noise[i - 1];
            var limit = instrument.LimitAtTime(first + i);
            if (move > limit.Up || move < -limit.Down)
            {
                return false;
            }
        }

        return true;
    }

    private static double Envelope(Instrument instrument, int first, ReadOnlySpan<double> noise, int center)
    {
        var best = noise[center];
        var (climb, fall) = (0.0, 0.0);
        for (var j = 1; j <= Reach; j++)
        {
            climb += instrument.LimitAtTime(first + center + j).Up;
            fall += instrument.LimitAtTime(first + center - j + 1).Down;
            best = Math.Max(best, Math.Max(noise[center + j] - climb, noise[center - j] - fall));
        }

        return best;
    }

    private static void AddLevel(Instrument instrument, int first, Span<double> noise)
    {
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] = instrument.LogBase + (instrument.Drift * (first + i));
        }
    }

    private static void AddOctaves(Instrument instrument, int first, Span<double> noise)
    {
        var daily = SeededHash.Mix(instrument.PathKey, 1);
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] += instrument.Volatility * Node(daily, first + i);
        }

        for (var k = 1; k < Octaves; k++)
        {
            var key = SeededHash.Mix(instrument.PathKey, (ulong)k + 1);
            var amplitude = instrument.Volatility * s_amplitudes[k];
            var spacing = 1 << k;
            var node = first >> k;
            var left = amplitude * Node(key, node);
            var i = 0;
            while (i < noise.Length)
            {
                // One straight piece from node to node.
                var right = amplitude * Node(key, node + 1);
                var slope = (right - left) / spacing;
                var start = (node << k) - first;
                var end = Math.Min(start + spacing, noise.Length);
                for (; i < end; i++)
                {
                    noise[i] += left + (slope * (i - start));
                }

                left = right;
                node++;
            }
        }
    }

    private static void AddSteps(Instrument instrument, int first, Span<double> noise)
    {
        var key = SeededHash.Mix(instrument.PathKey, 101);
        var segment = first >> StepShift;
        if (first < Boundary(key, segment))
        {
            segment--;
        }

        var i = 0;
        while (i < noise.Length)
        {
            // Squared: small changes of level are common, great ones rare.
            var draw = Node(key, segment);
            var level = instrument.StepSize * draw * Math.Abs(draw);
            segment++;
            var end = Math.Min(Boundary(key, segment) - first, noise.Length);
            for (; i < end; i++)
            {
                noise[i] += level;
            }
        }
    }

    /// <summary>Where a level begins: on average every sixteenth day, at irregular places.</summary>
    private static int Boundary(ulong key, int segment) =>
        (segment << StepShift) + SeededHash.Index(SeededHash.Mix(key + 1, unchecked((ulong)segment)), StepJitter);

    private static double Node(ulong key, int node) => SeededHash.Signed(SeededHash.Mix(key, unchecked((ulong)node)));
}
