using System.Diagnostics;
using Tidemark.Core.Telemetry;

namespace Tidemark.Vendors.Telemetry;

/// <summary>
/// One call to a vendor. It counts as failed unless it is said to be done or refused before its disposal.
/// </summary>
internal sealed class VendorCall(VendorTelemetry telemetry, string vendor, string api, Activity? activity, long since)
    : IDisposable
{
    private string _outcome = "failed";
    private int _rows;
    private long _bytes;

    public string Vendor => vendor;

    public string Api => api;

    /// <summary>There is an answer.</summary>
    public void Done(int rows, long bytes) => (_outcome, _rows, _bytes) = ("done", rows, bytes);

    /// <summary>The vendor says no.</summary>
    public void Refused(string code)
    {
        _outcome = "refused";
        activity.Fail(code);
    }

    /// <summary>There is no answer that can be used.</summary>
    public void Failed(string code) => activity.Fail(code);

    public void Dispose()
    {
        telemetry.Ended(this, since, _outcome, _rows, _bytes);
        activity?.Dispose();
    }
}
