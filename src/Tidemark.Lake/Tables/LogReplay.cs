using Tidemark.Lake.Delta;

namespace Tidemark.Lake.Tables;

/// <summary>All that a log can still tell, oldest first.</summary>
/// <param name="Oldest">The state to begin with; entries are applied to it by whoever reads them.</param>
/// <param name="Entries">What came after it.</param>
internal sealed record LogReplay(
    LogState Oldest,
    IAsyncEnumerable<(long Version, IReadOnlyList<DeltaLine> Lines)> Entries
);
