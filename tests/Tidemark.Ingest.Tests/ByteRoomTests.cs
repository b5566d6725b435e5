using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Ingest.Running;

namespace Tidemark.Ingest.Tests;

/// <summary>What waits for its commit is bounded in bytes, and one unit's fault is its own.</summary>
public sealed class ByteRoomTests
{
    private static readonly UnitId s_unit = new("tushare.daily", new DateOnly(2024, 6, 6));

    [Fact]
    public async Task Take_MoreThanThereIsRoomFor_WaitsInTurn()
    {
        var room = new ByteRoom(100);
        await room.TakeAsync(60, CancellationToken.None);
        var second = room.TakeAsync(50, CancellationToken.None).AsTask();
        var third = room.TakeAsync(10, CancellationToken.None).AsTask();

        second.IsCompleted.ShouldBeFalse();
        third.IsCompleted.ShouldBeFalse("it would fit, but is not first");

        room.Release(60);
        await second;
        await third;
    }

    [Fact]
    public async Task Take_MoreThanAllRoom_IsGrantedWhenNothingElseIsThere()
    {
        var room = new ByteRoom(100);
        await room.TakeAsync(1, CancellationToken.None);
        var large = room.TakeAsync(1000, CancellationToken.None).AsTask();
        large.IsCompleted.ShouldBeFalse();

        room.Release(1);

        await large;
    }

    [Fact]
    public async Task Take_CancelledWhileWaiting_LeavesItsTurnToTheNext()
    {
        var room = new ByteRoom(100);
        await room.TakeAsync(100, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var cancelled = room.TakeAsync(100, stop.Token).AsTask();
        var next = room.TakeAsync(30, CancellationToken.None).AsTask();

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled);
        room.Release(100);

        await next;
        var rest = room.TakeAsync(70, CancellationToken.None);
        rest.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Take_WithRoomAndACancelledToken_IsGranted()
    {
        var room = new ByteRoom(100);

        await room.TakeAsync(100, new CancellationToken(canceled: true));
    }

    [Fact]
    public void UnitFault_OfAnything_IsTheUnitsOwnWithACode()
    {
        var own = new TidemarkException(ErrorKind.Transient, "VENDOR_TIMEOUT", "late");

        UnitFault.Of(s_unit, own).ShouldBeSameAs(own);
        UnitFault.Of(s_unit, new OverflowException("too much")).Code.ShouldBe("UNIT_TOO_LARGE");
        UnitFault.Of(s_unit, new OutOfMemoryException()).Code.ShouldBe("UNIT_TOO_LARGE");
        var other = UnitFault.Of(s_unit, new InvalidOperationException("odd"));
        other.Code.ShouldBe("INTERNAL_ERROR");
        other.Message.ShouldContain("tushare.daily/2024-06-06");
        other.Message.ShouldContain("odd");
    }
}
