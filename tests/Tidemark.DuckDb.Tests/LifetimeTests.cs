using System.Diagnostics;

namespace Tidemark.DuckDb.Tests;

/// <summary>Alone in the process, as it looks at the process's memory.</summary>
[CollectionDefinition(nameof(LifetimeTests), DisableParallelization = true)]
public sealed class LifetimeCollection;

[Collection(nameof(LifetimeTests))]
[Trait("Speed", "Slow")]
public sealed class LifetimeTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private const int Rounds = 10_000;
    private const long GrowthBytesMax = 40_000_000;

    [Fact]
    public void AnyUse_AfterDispose_ThrowsInsteadOfCrashing()
    {
        var database = DuckDbDatabase.Open();
        var connection = database.Connect();
        connection.Execute("CREATE TABLE t (a BIGINT)");
        var statement = connection.Prepare("SELECT $1");
        var result = connection.Query("SELECT 'a text that is longer than twelve bytes'");
        var vector = result.NextChunk().ShouldNotBeNull()[0];
        var chunk = DataChunk.Create([ColumnType.BigInt]);
        var filled = chunk[0];
        var appender = connection.CreateAppender(null, "t");
        foreach (var each in new IDisposable[] { appender, chunk, result, statement, connection, database })
        {
            each.Dispose();
            each.Dispose();
        }

        var uses = new Dictionary<string, Action>
        {
            ["connect"] = () => database.Connect(),
            ["query"] = () => connection.Query("SELECT 1"),
            ["execute"] = () => connection.Execute("SELECT 1"),
            ["prepare"] = () => connection.Prepare("SELECT 1"),
            ["appender of a closed connection"] = () => connection.CreateAppender(null, "t"),
            ["bind"] = () => statement.Bind(1),
            ["run statement"] = () => statement.Execute(),
            ["parameters"] = () => _ = statement.ParameterCount,
            ["next chunk"] = () => result.NextChunk(),
            ["rows changed"] = () => _ = result.RowsChanged,
            ["text of a chunk that is gone"] = () => _ = vector.Text(0).Length,
            ["value"] = () => vector.Value(0),
            ["is null"] = () => vector.IsNull(0),
            ["chunk count"] = () => chunk.SetCount(1),
            ["chunk reset"] = () => chunk.Reset(),
            ["values"] = () => _ = filled.Values<long>(1).Length,
            ["set null"] = () => filled.SetNull(0),
            ["validity"] = () => _ = filled.Validity(1).Length,
            ["writable validity"] = () => _ = filled.WritableValidity(1).Length,
            ["append"] = () => appender.Append(chunk),
            ["flush"] = () => appender.Flush(),
        };
        foreach (var (name, use) in uses)
        {
            Should.Throw<ObjectDisposedException>(use, name);
        }
    }

    [Fact]
    public void NextChunk_WhenAsked_EndsTheOneBefore()
    {
        using var connection = fixture.Database.Connect();
        using var result = connection.Query("SELECT range FROM range(5000)");
        var first = result.NextChunk().ShouldNotBeNull()[0];

        result.NextChunk().ShouldNotBeNull()[0].Value(0).ShouldBe(2048L);

        Should.Throw<ObjectDisposedException>(() => first.Value(0));
    }

    [Fact]
    public void Dispose_ParentsFirst_KeepsWhatStillNeedsThem()
    {
        var database = DuckDbDatabase.Open();
        var connection = database.Connect();
        using var result = connection.Query("SELECT range::VARCHAR || ' is a long text' FROM range(5000)");

        connection.Dispose();
        database.Dispose();

        result.Rows().Count().ShouldBe(5000);
    }

    [Fact]
    public void OpenAndClose_TenThousandTimes_GivesAllMemoryBack()
    {
        using var warm = fixture.Database.Connect();
        warm.Execute("CREATE TABLE IF NOT EXISTS leak (a BIGINT, b VARCHAR)");
        Cycle(500);
        var before = MemoryNow();

        Cycle(Rounds);

        (MemoryNow() - before).ShouldBeLessThan(GrowthBytesMax);
    }

    [Fact]
    public void OpenAndCloseDatabases_ManyTimes_GivesAllMemoryBack()
    {
        OpenAndClose(5);
        var before = MemoryNow();

        OpenAndClose(60);

        (MemoryNow() - before).ShouldBeLessThan(GrowthBytesMax);
    }

    private static void OpenAndClose(int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var database = DuckDbDatabase.Open(settings: new DuckDbSettings(Threads: 1));
            using var connection = database.Connect();
            connection.Execute("CREATE TABLE t AS SELECT * FROM range(10000)");
        }
    }

    // Everything that owns native memory, opened and closed; failing calls too, which free on another way.
    private void Cycle(int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var connection = fixture.Database.Connect();
            using var statement = connection.Prepare("SELECT $1::VARCHAR || ' and some more text'");
            statement.Bind("a text of more than twelve bytes");
            using var result = statement.Execute();
            _ = result.NextChunk();
            using var chunk = DataChunk.Create([ColumnType.BigInt, ColumnType.Varchar]);
            chunk[1].SetText(0, "another text of more than twelve bytes"u8);
            chunk.SetCount(1);
            using var appender = connection.CreateAppender(null, "leak");
            appender.Append(chunk);
            if (i % 10 == 0)
            {
                Should.Throw<DuckDbException>(() => connection.Query("SELECT nothing"));
                Should.Throw<DuckDbException>(() => connection.Prepare("SELECT nothing"));
            }
        }
    }

    private static long MemoryNow()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
