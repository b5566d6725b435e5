using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core;
using Tidemark.Vendors.AkShare;

namespace Tidemark.Vendors.Tests.AkShare;

public sealed class AkShareDaysTests
{
    [Theory]
    [InlineData("20240628", "2024-06-28")]
    [InlineData("2024-06-28", "2024-06-28")]
    [InlineData("2024-06-28T00:00:00.000", "2024-06-28")]
    [InlineData("2024-06-28T00:00:00.000Z", "2024-06-28")] // an old pandas says so of a day without a zone
    [InlineData("2024-06-28T00:00:00", "2024-06-28")]
    [InlineData("2024-06-28 00:00:00", "2024-06-28")]
    [InlineData("2024-12-26T08:11:57.000Z", "2024-12-26")]
    [InlineData("2024-12-26T16:00:00.000Z", "2024-12-27")] // midnight in China
    [InlineData("2024-12-26T16:11:57.000", "2024-12-26")]
    [InlineData("2022年10月份", "2022-10-31")]
    [InlineData("2022年2月", "2022-02-28")]
    [InlineData("202202", "2022-02-28")]
    [InlineData("2024年第1季度", "2024-03-31")]
    [InlineData("2024年第1-3季度", "2024-09-30")]
    [InlineData("2024年第1-4季度", "2024-12-31")]
    public void Days_OfEveryForm_AreRead(string text, string day)
    {
        AkShareDays.TryDay(Encoding.UTF8.GetBytes(text), out var days).ShouldBeTrue();

        new DateOnly(1970, 1, 1).AddDays(days).ToIso().ShouldBe(day);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2024")]
    [InlineData("202413")]
    [InlineData("2024-13-01")]
    [InlineData("2024-06-28T")]
    [InlineData("2024-06-28T99:00:00.000")]
    [InlineData("2022年13月份")]
    [InlineData("2022年-1月份")]
    [InlineData("2022年10月份。")]
    [InlineData("2024年第5季度")]
    [InlineData("2024年第1-季度")]
    [InlineData("年月份")]
    public void Text_ThatIsNoDay_IsRefused(string text) =>
        AkShareDays.TryDay(Encoding.UTF8.GetBytes(text), out _).ShouldBeFalse();

    [Theory]
    [InlineData("2024-12-26T08:11:57.000Z", "2024-12-26T08:11:57Z")]
    [InlineData("2024-12-26T16:11:57.000", "2024-12-26T08:11:57Z")]
    [InlineData("2024-12-26 16:11:57", "2024-12-26T08:11:57Z")]
    public void Moments_AreInUtc(string text, string moment)
    {
        AkShareDays.TryMoment(Encoding.UTF8.GetBytes(text), out var microseconds).ShouldBeTrue();

        DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds).ShouldBe(DateTimeOffset.Parse(moment));
    }

    [Fact]
    public void AnyBytes_AreADayOrNone_AndNothingElseHappens() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes =>
                {
                    AkShareDays.TryDay(bytes, out _);
                    AkShareDays.TryDay([.. "2022年"u8, .. bytes], out _);
                    AkShareDays.TryDay([.. "2022年第"u8, .. bytes], out _);
                    AkShareDays.TryMoment([.. "2024-06-28T"u8, .. bytes], out _);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
}
