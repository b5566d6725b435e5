namespace Tidemark.Vendors;

/// <summary>Tells a watcher that a client is about to wait, and why.</summary>
/// <param name="Api">The vendor's name of the call that waits.</param>
/// <param name="Length">How long.</param>
/// <param name="Reason">What for, in words.</param>
public sealed record VendorWait(string Api, TimeSpan Length, string Reason);
