using Tidemark.DuckDb;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Checks that the engine can be loaded.</summary>
internal sealed class EngineCheck : IDoctorCheck
{
    public Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken) =>
        Task.FromResult<CheckAnswer?>(new CheckAnswer($"DuckDB {DuckDbDatabase.EngineVersion}"));
}
