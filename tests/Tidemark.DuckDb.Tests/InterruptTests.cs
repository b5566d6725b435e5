namespace Tidemark.DuckDb.Tests;

public sealed class InterruptTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    // Hours of work, if nobody stops it.
    private const string Endless = "SELECT count(*) FROM range(1000000000000) a WHERE hash(a) = 1";

    [Fact]
    public void Query_TokenCancelledBefore_DoesNotStart()
    {
        using var connection = fixture.Database.Connect();

        Should.Throw<OperationCanceledException>(() =>
            connection.Query(Endless, new CancellationToken(canceled: true))
        );
    }

    /// <summary>
    /// Whenever the token is cancelled (before, while or after the statement starts), the statement ends.
    /// </summary>
    [Fact]
    public void Query_TokenCancelledFromAnotherThread_EndsAndLeavesTheConnectionUsable()
    {
        using var connection = fixture.Database.Connect();
        for (var spins = 0; spins < 200; spins++)
        {
            using var cancellation = new CancellationTokenSource();
            using var ready = new ManualResetEventSlim();
            var wait = spins * 500;
            var canceller = new Thread(() =>
            {
                ready.Wait();
                Thread.SpinWait(wait);
                cancellation.Cancel();
            });
            canceller.Start();
            ready.Set();

            var error = Should.Throw<OperationCanceledException>(() => connection.Query(Endless, cancellation.Token));

            canceller.Join();
            error.CancellationToken.ShouldBe(cancellation.Token);
            connection.Scalar("SELECT 42").ShouldBe(42L);
        }
    }

    [Fact]
    public void Execute_PreparedStatementCancelled_Ends()
    {
        using var connection = fixture.Database.Connect();
        using var statement = connection.Prepare(Endless);
        using var cancellation = new CancellationTokenSource();
        var canceller = new Thread(cancellation.Cancel);
        canceller.Start();

        Should.Throw<OperationCanceledException>(() => statement.Execute(cancellation.Token));

        canceller.Join();
    }

    [Fact]
    public void Query_OneOfTwoConnectionsCancelled_TheOtherGoesOn()
    {
        using var stopped = fixture.Database.Connect();
        using var other = fixture.Database.Connect();
        using var cancellation = new CancellationTokenSource();
        using var cancelled = new ManualResetEventSlim();
        var running = new Thread(() =>
        {
            Should.Throw<OperationCanceledException>(() => stopped.Query(Endless, cancellation.Token));
            cancelled.Set();
        });
        running.Start();

        other.Scalar("SELECT count(*) FROM range(1000000)").ShouldBe(1_000_000L);
        cancellation.Cancel();
        other.Scalar("SELECT count(*) FROM range(1000000)").ShouldBe(1_000_000L);

        cancelled.Wait();
        running.Join();
    }

    [Fact]
    public void Query_TokenThatIsNotCancelled_CostsNothingVisible()
    {
        using var connection = fixture.Database.Connect();
        using var cancellation = new CancellationTokenSource();

        using (var result = connection.Query("SELECT 1", cancellation.Token))
        {
            cancellation.Cancel();
            result.Rows().Single().ShouldBe([1L]);
        }

        connection.Scalar("SELECT 2").ShouldBe(2L);
    }
}
