using System.Reflection;

namespace Tidemark.DuckDb.Tests;

/// <summary>Why a streamed result failed, also where DuckDB reports its own interrupt in place of the reason.</summary>
public sealed class StreamTests : IDisposable
{
    private const string FailsHalfWay =
        "SELECT CASE WHEN i = 9000 THEN error('half way') ELSE i END AS i FROM range(10000) t(i)";

    private readonly DuckDbDatabase _database = DuckDbDatabase.Open();
    private readonly DuckDbConnection _connection;

    public StreamTests()
    {
        _connection = _database.Connect();
        // As the program reads: with a small buffer, the reading thread computes rows, too.
        _connection.Execute("SET threads = 4; SET streaming_buffer_size = '1KB'");
    }

    public void Dispose()
    {
        _connection.Dispose();
        _database.Dispose();
    }

    [Fact]
    public void Stream_ThatIsInterruptedByNoTokenOfOurs_TellsTheReason()
    {
        using var statement = _connection.Prepare(FailsHalfWay);
        using var result = statement.Stream(CancellationToken.None);
        result.NextChunk().ShouldNotBeNull();
        Interrupt();

        Should.Throw<DuckDbException>(() => Drain(result)).EngineMessage.ShouldContain("half way");
        _connection.Scalar("SELECT 42").ShouldBe(42L);
    }

    [Fact]
    public void Stream_ThatIsInterruptedAndDoesNotFailAgain_SaysThat()
    {
        using var statement = _connection.Prepare("FROM range(10000)");
        using var result = statement.Stream(CancellationToken.None);
        result.NextChunk().ShouldNotBeNull();
        Interrupt();

        Should.Throw<DuckDbException>(() => Drain(result)).EngineMessage.ShouldStartWith("INTERRUPT Error");
    }

    [Fact]
    public void Stream_ThatFailsWhileOtherThreadsWork_AlwaysTellsTheReason()
    {
        for (var i = 0; i < 1000; i++)
        {
            using var statement = _connection.Prepare(FailsHalfWay);

            Should
                .Throw<DuckDbException>(() =>
                {
                    using var result = statement.Stream(CancellationToken.None);
                    Drain(result);
                })
                .EngineMessage.ShouldContain("half way");
        }
    }

    private static void Drain(DuckDbResult result)
    {
        while (result.NextChunk() is not null) { }
    }

    // Nobody but the connection itself interrupts it; here the test stands for one of DuckDB's own threads.
    private void Interrupt()
    {
        var connection = typeof(DuckDbConnection)
            .GetProperty("Handle", BindingFlags.Instance | BindingFlags.NonPublic)!
            .GetValue(_connection)!;
        connection.GetType().GetMethod("Interrupt")!.Invoke(connection, null);
    }
}
