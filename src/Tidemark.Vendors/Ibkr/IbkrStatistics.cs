namespace Tidemark.Vendors.Ibkr;

/// <summary>What a client has seen since it was made, over all its connections.</summary>
/// <param name="Sent">Messages, those that are on their way among them.</param>
/// <param name="Received">Messages.</param>
/// <param name="Late">Messages to requests that had ended: late ticks, which are dropped.</param>
/// <param name="Unused">Messages of kinds that are not read.</param>
/// <param name="Extended">Messages with more fields than are known.</param>
/// <param name="Broken">Messages that made no sense.</param>
/// <param name="Notices">Remarks of the gateway.</param>
/// <param name="PacingErrors">Complaints about too many messages.</param>
/// <param name="LineErrors">Refusals because no line was free at the gateway.</param>
/// <param name="Reconnects">Connections made after the first.</param>
/// <param name="Resubscriptions">Subscriptions made again because the gateway had lost them (1101).</param>
/// <param name="FallBacks">Contracts asked for again with delayed quotes.</param>
public readonly record struct IbkrStatistics(
    long Sent,
    long Received,
    long Late,
    long Unused,
    long Extended,
    long Broken,
    long Notices,
    long PacingErrors,
    long LineErrors,
    long Reconnects,
    long Resubscriptions,
    long FallBacks
);

/// <summary>Counts for <see cref="IbkrStatistics"/>; each with Interlocked.</summary>
internal sealed class GatewayCounters
{
    public long Sent;
    public long Received;
    public long Late;
    public long Unused;
    public long Extended;
    public long Broken;
    public long Notices;
    public long PacingErrors;
    public long LineErrors;
    public long Reconnects;
    public long Resubscriptions;
    public long FallBacks;

    public IbkrStatistics Read() =>
        new(
            Interlocked.Read(ref Sent),
            Interlocked.Read(ref Received),
            Interlocked.Read(ref Late),
            Interlocked.Read(ref Unused),
            Interlocked.Read(ref Extended),
            Interlocked.Read(ref Broken),
            Interlocked.Read(ref Notices),
            Interlocked.Read(ref PacingErrors),
            Interlocked.Read(ref LineErrors),
            Interlocked.Read(ref Reconnects),
            Interlocked.Read(ref Resubscriptions),
            Interlocked.Read(ref FallBacks)
        );
}
