using Tidemark.Core.Runs;
using Tidemark.Ingest.Planning;

namespace Tidemark.Ingest.Running;

internal sealed class StepJournal
{
    public void Skip(PlannedUnit u, string m) { }

    public void SkipFrom(PlannedUnit u, StepStage s, string m) { }

    public void Start(PlannedUnit u, StepStage s) { }

    public void Finish(PlannedUnit u, StepStage s, long a, long b, long c) { }

    public void Fail(PlannedUnit u, StepStage s, string m) { }
}
