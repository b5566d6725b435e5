using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Vendors.Decoding;

namespace Tidemark.Vendors.Tests.Decoding;

public sealed class DecimalNumberTests
{
    private static readonly Config s_config = Config.QuickThrowOnFailure.WithMaxTest(20_000);

    [Fact]
    public void Read_ShortestFormOfAnyDouble_GivesItBackBitForBit() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<ulong>(),
                bits =>
                {
                    var value = BitConverter.UInt64BitsToDouble(bits * 0x9E3779B97F4A7C15);
                    return !double.IsFinite(value) || IsExact(value.ToString("R", CultureInfo.InvariantCulture));
                }
            )
            .Check(s_config);

    [Fact]
    public void Read_AnyDigitsPointAndExponent_EqualsDoubleParse()
    {
        var digits = Gen.Choose(1, 25).SelectMany(n => Gen.Choose(0, 9).ArrayOf(n)).Select(d => string.Concat(d));
        var numbers =
            from sign in Gen.Elements("", "-")
            from whole in digits.Select(d => d.TrimStart('0')).Select(d => d.Length == 0 ? "0" : d)
            from fraction in Gen.OneOf(Gen.Constant(""), digits.Select(d => "." + d))
            from exponent in Gen.Frequency(
                (3, Gen.Constant("")),
                (1, Gen.Choose(-340, 320).Select(e => string.Create(CultureInfo.InvariantCulture, $"e{e}"))),
                (1, Gen.Choose(0, 30).Select(e => string.Create(CultureInfo.InvariantCulture, $"E+{e}")))
            )
            select sign + whole + fraction + exponent;

        Prop.ForAll(numbers.ToArbitrary(), IsExact).Check(s_config);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("-0.0")]
    [InlineData("9007199254740992")]
    [InlineData("9007199254740993")] // halfway: does not fit, ties to even
    [InlineData("9007199254740993.0000000000000000000000001")]
    [InlineData("0.1")]
    [InlineData("525152.77")]
    [InlineData("1.7976931348623157e308")]
    [InlineData("2.2250738585072011e-308")] // the number that once hung parsers
    [InlineData("5e-324")]
    [InlineData("18446744073709551616")] // one more than 64 bits hold
    [InlineData("99999999999999999999999999")]
    [InlineData("1e22")]
    [InlineData("1e23")]
    public void Read_HardCase_EqualsDoubleParse(string text) => IsExact(text).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("--")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("012")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("x")]
    public void Read_NotJson_Refuses(string text) =>
        DecimalNumber.Read(Encoding.ASCII.GetBytes(text), 0, out _).ShouldBe(-1);

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("-7", -7L)]
    [InlineData("+7", 7L)]
    [InlineData("1.0", 1L)]
    [InlineData("380000.00", 380_000L)]
    [InlineData("1e3", 1_000L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808.0", long.MinValue)]
    public void TryParse_WholeNumber_IsIt(string text, long expected)
    {
        DecimalNumber.TryParse(Encoding.ASCII.GetBytes(text), out long value).ShouldBeTrue();
        value.ShouldBe(expected);
    }

    [Theory]
    [InlineData("1.5")]
    [InlineData("9223372036854775808")]
    [InlineData("1e40")]
    [InlineData("one")]
    [InlineData("")]
    public void TryParse_NoWholeNumber_Refuses(string text) =>
        DecimalNumber.TryParse(Encoding.ASCII.GetBytes(text), out long _).ShouldBeFalse();

    private static bool IsExact(string text)
    {
        var expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        var padded = Encoding.ASCII.GetBytes($"[{text},");
        var end = DecimalNumber.Read(padded, 1, out var value);
        return end == padded.Length - 1
            && BitConverter.DoubleToUInt64Bits(value) == BitConverter.DoubleToUInt64Bits(expected);
    }
}
