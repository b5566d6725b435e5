using Tidemark.Control;
using Tidemark.Core.Errors;

namespace Tidemark.Operations.Doctor.Checks;

/// <summary>Checks that there is space left. A disk that is only read may be full.</summary>
internal sealed class DiskCheck(DoctorOptions options, Func<ControlDatabase> control) : IDoctorCheck
{
    private const long LowBytes = 2L << 30;

    public Task<CheckAnswer?> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var drive = new DriveInfo(options.Folder);
        return drive.AvailableFreeSpace < LowBytes && !IsReadOnly()
            ? throw new TidemarkException(
                ErrorKind.Storage,
                "DISK_LOW",
                $"Only {drive.AvailableFreeSpace >> 20} MB are free on {drive.Name}. Free some space."
            )
            : Task.FromResult<CheckAnswer?>(new CheckAnswer($"{drive.AvailableFreeSpace >> 30} GB free"));
    }

    private bool IsReadOnly()
    {
        try
        {
            return control().IsReadOnly;
        }
        catch (TidemarkException)
        {
            return false; // its own check has said so
        }
    }
}
