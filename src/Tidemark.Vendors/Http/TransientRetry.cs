using Polly;
using Polly.Retry;
using Tidemark.Core.Errors;

namespace Tidemark.Vendors.Http;

/// <summary>Repeats calls after transient errors: waits that about double, jittered.</summary>
internal static class TransientRetry
{
    /// <param name="repetitions">At most so many; 0 = none.</param>
    /// <param name="delay">The median wait before the first one.</param>
    /// <param name="delayMax">The longest wait; also bounds what the vendor asks for, which goes before the back-off.</param>
    /// <param name="clock">For the waits.</param>
    /// <param name="jitter">Locked here, so share it with nobody.</param>
    /// <param name="onRetry">Hears of each repetition, counted from 1, before its wait.</param>
    public static ResiliencePipeline Of(
        int repetitions,
        TimeSpan delay,
        TimeSpan delayMax,
        TimeProvider clock,
        Random jitter,
        Action<VendorException, int, TimeSpan> onRetry
    )
    {
        if (repetitions == 0)
        {
            return ResiliencePipeline.Empty;
        }

        TimeSpan? Asked(Exception? error) =>
            (error as VendorException)?.RetryAfter is { } wait
                ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, delayMax.Ticks))
                : null;

        return new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(
                new RetryStrategyOptions
                {
                    ShouldHandle = new PredicateBuilder().Handle<VendorException>(e =>
                        e.Kind == ErrorKind.Transient && e.Code != VendorErrorCodes.SourceDown
                    ),
                    MaxRetryAttempts = repetitions,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = delay,
                    MaxDelay = delayMax,
                    Randomizer = () => Next(jitter),
                    DelayGenerator = args => ValueTask.FromResult(Asked(args.Outcome.Exception)),
                    OnRetry = args =>
                    {
                        onRetry((VendorException)args.Outcome.Exception!, args.AttemptNumber + 1, args.RetryDelay);
                        return ValueTask.CompletedTask;
                    },
                }
            )
            .Build();
    }

    private static double Next(Random jitter)
    {
        lock (jitter)
        {
            return jitter.NextDouble();
        }
    }
}
