using Tidemark.EndToEnd.Tests.Advice;
using Tidemark.EndToEnd.Tests.Support;

[assembly: AssemblyFixture(typeof(AdviceLake))]

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>
/// A workspace with two days and the vendor that they came from, made once for the whole walk, when it is first asked
/// for.
/// </summary>
public sealed class AdviceLake : IAsyncDisposable
{
    public const string From = "2025-06-26";
    public const string To = SimulatorProcess.Today;

    /// <summary>Fetches a day of the daily bars again, whatever is there.</summary>
    internal static readonly string[] RefetchDaily = ["refetch", "tushare.daily", "--from", To, "--to", To];

    /// <summary>Fetches the list of stocks again.</summary>
    internal static readonly string[] RefetchList = ["refetch", "tushare.stock_basic"];

    /// <summary>Fetches what is missing of both days.</summary>
    internal static readonly string[] Backfill = ["backfill", "--from", From, "--to", To];

    private readonly TemporaryFolder _folder = new();
    private readonly SemaphoreSlim _making = new(1);
    private SimulatorProcess? _vendor;
    private int _copies;

    /// <summary>A copy of the workspace that a scenario may break as it likes.</summary>
    internal async Task<AdviceWorld> CopyAsync()
    {
        await _making.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            _vendor ??= await MakeAsync();
        }
        finally
        {
            _making.Release();
        }

        var folder = _folder.At($"copy-{Interlocked.Increment(ref _copies)}");
        Copy(_folder.At("w"), folder);
        return new AdviceWorld(folder, _vendor.Url);
    }

    public async ValueTask DisposeAsync()
    {
        if (_vendor is not null)
        {
            await _vendor.DisposeAsync();
        }

        _making.Dispose();
        _folder.Dispose();
    }

    private async Task<SimulatorProcess> MakeAsync()
    {
        var vendor = await SimulatorProcess.SmallMarketAsync(_folder.Path);
        var workspace = await Workspace.Create(_folder.At("w"), vendor.Url, From, To).WithWavesAsync();
        // Nothing is built: what is lost in a scenario leaves no tables that were made from it.
        (await workspace.RunHereAsync("backfill", "--from", From, "--to", To, "--no-build", "--json")).With(
            exitCode: 0
        );
        return vendor;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
