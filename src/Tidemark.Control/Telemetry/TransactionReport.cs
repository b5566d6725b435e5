using Tidemark.Core.Errors;

namespace Tidemark.Control.Telemetry;

/// <summary>Tells of one transaction, from its making to its disposal.</summary>
internal sealed class TransactionReport(ControlTelemetry? telemetry, string access) : IDisposable
{
    private readonly long _since = telemetry?.Now() ?? 0;
    private TidemarkException? _error;

    /// <summary>Notes what ended it, and returns that.</summary>
    public TidemarkException Failed(TidemarkException error) => _error = error;

    public void Dispose() => telemetry?.Done(access, _since, _error);
}
