using Tidemark.Core.Errors;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Tests.Log;

public sealed class PathTests : IDisposable
{
    private readonly LakeFixture _lake = new();

    public void Dispose() => _lake.Dispose();

    [Theory]
    [InlineData("dt=2022-06-01/a b%20c.parquet", "2022-06-01", "2022-06-01")]
    [InlineData("odd [x]*?/a'b\"+&é.parquet", "2022-06-01", "2022-06-01")]
    [InlineData("dt=1999-01-01/the folder does not count.parquet", "2022-06-01", "2022-06-01")]
    [InlineData("dt=__HIVE_DEFAULT_PARTITION__/a.parquet", null, "null")]
    [InlineData("a.parquet", "", "null")]
    public async Task Read_FileOfAnyPathAndPartition_IsWhatTheLogSays(string path, string? partition, string expected)
    {
        await _lake.CommitAsync("p/1", LakeFixture.Day, ("a", 1.0));
        var table = Path.Combine(_lake.Folder, "ods/ods_prices");
        var log = Path.Combine(table, "_delta_log/00000000000000000000.json");
        var written = Directory.GetFiles(table, "part-*.parquet", SearchOption.AllDirectories).ShouldHaveSingleItem();
        var target = Path.Combine(table, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(written, target);
        var spelled = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var entry = (await File.ReadAllTextAsync(log))
            .Replace(Path.GetRelativePath(table, written), spelled, StringComparison.Ordinal)
            .Replace(
                "\"partitionValues\":{\"dt\":\"2022-06-01\"}",
                $"\"partitionValues\":{{\"dt\":{(partition is null ? "null" : $"\"{partition}\"")}}}",
                StringComparison.Ordinal
            );
        await File.WriteAllTextAsync(log, entry);

        (await _lake.RowsAsync()).ShouldBe([$"a|1|{expected}"]);
    }

    [Theory]
    [InlineData("../ods_other/a.parquet")]
    [InlineData("%2e%2e/ods_other/a.parquet")]
    [InlineData("dt=2022-06-01/%2E./%2E%2E/%2E%2E/a.parquet")]
    [InlineData("/a.parquet")]
    [InlineData("file:///a.parquet")]
    [InlineData("dt=2022-06-01//a.parquet")]
    [InlineData("a%00.parquet")]
    public void KeyOf_PathThatLeadsOutOrNowhere_IsRefused(string path)
    {
        var file = LogRig.Add("a") with { Path = path };

        var error = Should.Throw<TidemarkException>(() => DeltaPath.KeyOf(LakeFixture.Prices().Id, file));

        error.Code.ShouldBe("TABLE_UNSUPPORTED");
        error.Message.ShouldContain(path);
    }
}
