using System.Globalization;
using Tidemark.Testing;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Tests.Ibkr.Support;

namespace Tidemark.Vendors.Tests.Ibkr;

public sealed class ClientIdPoolTests : IDisposable
{
    private static readonly TimeSpan s_timeToLive = TimeSpan.FromMinutes(3);

    private readonly ManualClock _clock = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-ids-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(ClientRole.Prod, 0, 99)]
    [InlineData(ClientRole.Remote, 100, 199)]
    [InlineData(ClientRole.Test, 200, 250)]
    public void Take_UntilNoneIsLeft_GivesEachIdOfTheRoleOnce(ClientRole role, int first, int last)
    {
        var pool = Pool(role);

        var leases = Enumerable.Range(first, last - first + 1).Select(_ => pool.Take(null)).ToList();

        leases.Select(l => l.Id).ShouldBe(Enumerable.Range(first, last - first + 1));
        var error = Should.Throw<IbkrException>(() => pool.Take(null));
        error.Code.ShouldBe(IbkrErrorCodes.ClientIdPool);
        error.Message.ShouldContain(_folder);
        leases.ForEach(l => l.Dispose());
    }

    [Fact]
    public void Take_GivenBack_IsFreeAgain()
    {
        var pool = Pool();
        pool.Take(null).Dispose();
        Directory.GetFiles(_folder).ShouldBeEmpty();

        using var lease = pool.Take(null);

        lease.Id.ShouldBe(200);
        File.ReadAllText(Lock(200))
            .ShouldBe(
                $"{Environment.ProcessId} {_clock.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)}\n"
            );
    }

    [Fact]
    public void Take_LockOfAProcessThatIsGone_IsTakenOver()
    {
        File.WriteAllText(Lock(200), $"{int.MaxValue} {_clock.UtcNow.ToUnixTimeSeconds()}\n");

        using var lease = Pool().Take(null);

        lease.Id.ShouldBe(200);
    }

    [Fact]
    public void Take_LockOfALivingProcess_IsLeftAloneUntilItIsStale()
    {
        File.WriteAllText(Lock(200), $"{Environment.ProcessId} {_clock.UtcNow.ToUnixTimeSeconds()}\n");
        using (var lease = Pool().Take(null))
        {
            lease.Id.ShouldBe(201);
        }

        _clock.Advance(s_timeToLive + TimeSpan.FromSeconds(1));
        using var later = Pool().Take(null);
        later.Id.ShouldBe(200);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("1 2 3")]
    public void Take_LockThatSaysNothing_IsTakenOver(string content)
    {
        File.WriteAllText(Lock(200), content);

        using var lease = Pool().Take(null);

        lease.Id.ShouldBe(200);
    }

    [Fact]
    public void Lease_HeldLongerThanItsTimeToLive_IsRenewed()
    {
        using var lease = Pool().Take(null);

        _clock.Advance(s_timeToLive * 5);
        using var other = Pool().Take(null);

        other.Id.ShouldBe(201);
    }

    [Fact]
    public async Task Take_ManyAtOnce_GivesEachIdToOneOnly()
    {
        for (var id = 200; id <= 250; id++)
        {
            File.WriteAllText(Lock(id), $"{int.MaxValue} 0\n");
        }

        var taking = Enumerable.Range(0, 8).Select(_ => Task.Run(() => Many(4))).ToArray();
        var leases = (await Task.WhenAll(taking)).SelectMany(l => l).ToList();

        leases.Select(l => l.Id).ShouldBeUnique();
        leases.Count.ShouldBe(32);
        leases.ForEach(l => l.Dispose());

        List<ClientIdLease> Many(int count) => [.. Enumerable.Range(0, count).Select(_ => Pool().Take(null))];
    }

    [Fact]
    public async Task Connect_IdsInUseAtTheGateway_TakesTheNextOnesOfThePool()
    {
        await using var peer = new GatewayPeer(async session =>
        {
            if (session.Number < 4)
            {
                await HandshakeTests.RefuseIdAsync(session);
                return;
            }

            await session.StartAsync();
            await session.StallAsync();
        });
        await using var client = await Ib.ConnectAsync(Pooled(peer));

        client.ClientId.ShouldBe(203);
        Directory.GetFiles(_folder).Select(Path.GetFileName).ShouldBe(["test-203.lock"]);
    }

    [Fact]
    public async Task Connect_FiveIdsInUse_GivesUpAndLeavesNoLock()
    {
        await using var peer = new GatewayPeer(HandshakeTests.RefuseIdAsync);

        var error = await Should.ThrowAsync<IbkrException>(() => Ib.ConnectAsync(Pooled(peer)));

        (error.Code, peer.Connections).ShouldBe((IbkrErrorCodes.ClientId, 5));
        Directory.GetFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public void Lease_TakenOverByAnotherProcess_LeavesItsLockAlone()
    {
        var lease = Pool().Take(null);
        var theirs = $"1 {_clock.UtcNow.ToUnixTimeSeconds()}\n";
        File.WriteAllText(Lock(lease.Id), theirs);

        _clock.Advance(s_timeToLive / 3);
        lease.Dispose();

        File.ReadAllText(Lock(lease.Id)).ShouldBe(theirs);
    }

    /// <summary>What is thrown in a timer ends the process.</summary>
    [Fact]
    public void Lease_ThatCannotBeRenewed_ThrowsNothing()
    {
        var lease = Pool().Take(null);
        File.Delete(Lock(lease.Id));
        Directory.CreateDirectory(Lock(lease.Id));

        Should.NotThrow(() => _clock.Advance(s_timeToLive / 3));
        Should.NotThrow(lease.Dispose);
    }

    private IbkrClientOptions Pooled(GatewayPeer peer) =>
        Ib.Fast(peer.Port) with
        {
            ClientId = null,
            ClientIds = Pool(),
        };

    private ClientIdPool Pool(ClientRole role = ClientRole.Test) => new(_folder, role, s_timeToLive, _clock);

    private string Lock(int id) => Path.Combine(_folder, $"test-{id}.lock");
}
