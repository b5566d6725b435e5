using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Axes;
using Tidemark.Ingest.Planning;
using Tidemark.Lake.Staging;
using Tidemark.Lake.Storage;
using Tidemark.Vendors;

namespace Tidemark.Ingest.Running;

/// <summary>Counts the outcomes of a run's units and reports the progress. Thread-safe.</summary>
internal sealed class RunTally(int planned, IProgress<RunProgress>? progress)
{
    private readonly Lock _lock = new();
    private int _planned = planned;
    private readonly List<UnitError> _errors = [];
    private readonly List<(PlannedUnit Unit, UnitCounts Counts)> _committed = [];
    private readonly List<UnitProblem> _problems = [];
    private UnitCounts _counts = UnitCounts.None;
    private long _bytes;
    private int _open;
    private int _failed;
    private TidemarkException? _fatal;

    public int Planned => _planned;

    /// <summary>Adds units that were planned later.</summary>
    public void Expect(int more) => Interlocked.Add(ref _planned, more);

    public int Done => _committed.Count + _open + _failed;

    public IReadOnlyList<UnitError> Errors => _errors;

    public IReadOnlyList<(PlannedUnit Unit, UnitCounts Counts)> Committed => _committed;

    /// <summary>Units that the vendor was asked for in vain.</summary>
    public IReadOnlyList<UnitProblem> Problems => _problems;

    /// <summary>Days without any row of datasets that should have some, in order.</summary>
    public IReadOnlyList<UnitId> EmptyDays =>
        [
            .. _committed
                .Where(c => c.Counts.Rows == 0 && UnitAxis.Of(c.Unit.Dataset).IsEmptyTold)
                .Select(c => c.Unit.Id)
                .Order(),
        ];

    public UnitCounts Counts => _counts;

    public int Open => _open;

    public int Failed => _failed;

    /// <summary>The error that ended the run early: credentials, storage or a lost lease.</summary>
    public TidemarkException? Fatal => _fatal;

    /// <summary>Something that concerns no single unit ended the run early.</summary>
    public void End(TidemarkException error)
    {
        lock (_lock)
        {
            _fatal ??= error;
        }
    }

    public void Received(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Commit(PlannedUnit unit, UnitCounts counts)
    {
        lock (_lock)
        {
            _committed.Add((unit, counts));
            _counts += counts;
            Report(unit);
        }
    }

    public void LeaveOpen(PlannedUnit unit, string reason)
    {
        lock (_lock)
        {
            _open++;
            _problems.Add(new UnitProblem(unit, reason));
            Report(unit);
        }
    }

    public void Fail(PlannedUnit unit, TidemarkException error)
    {
        lock (_lock)
        {
            _failed++;
            _errors.Add(UnitError.Of(unit.Id, error));
            switch (error.Kind)
            {
                case ErrorKind.Unauthorized:
                case ErrorKind.Storage when StorageErrors.StopsAll(error):
                    _fatal ??= error;
                    break;
                case ErrorKind.Permission or ErrorKind.RateLimit or ErrorKind.Conflict or ErrorKind.Storage:
                case ErrorKind.Transient when error.Code == VendorErrorCodes.SourceDown:
                    break; // of the account, of a source that was not asked, of another writer, or of a link in the lake: it says nothing of the unit, and costs it no attempt
                default:
                    _problems.Add(new UnitProblem(unit, error.Message));
                    break;
            }

            Report(unit);
        }
    }

    private void Report(PlannedUnit unit) =>
        progress?.Report(new RunProgress(_planned, Done, _counts.Rows, Interlocked.Read(ref _bytes), unit.Id));
}
