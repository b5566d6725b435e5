namespace Tidemark.Vendors.Http;

/// <summary>
/// How a vendor's client logs what <see cref="VendorCalls"/> does: each vendor has events of its own.
/// </summary>
internal interface ICallLog
{
    /// <summary>There is an answer.</summary>
    void Call(CallRoute route, int rows, int bytes, TimeSpan took);

    /// <summary>A turn is waited for.</summary>
    void RateWait(CallRoute route, TimeSpan wait);

    /// <summary>The vendor's count says that it was asked too often; it is asked again when that is over.</summary>
    void RefusedForRate(CallRoute route, string reason);

    /// <summary>A call failed in passing and is repeated after a wait.</summary>
    void Retry(string api, int repetition, TimeSpan wait, string reason);
}
