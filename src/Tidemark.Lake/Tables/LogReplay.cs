using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>Everything that a log still holds, oldest first.</summary>
/// <param name="Oldest">The state to begin with; the caller applies the entries to it.</param>
/// <param name="Entries">The entries after it.</param>
internal sealed record LogReplay(
    LogState Oldest,
    IAsyncEnumerable<(long Version, IReadOnlyList<DeltaLine> Lines)> Entries
);
