using System.Text;
using Tidemark.Vendors.Ibkr;
using Tidemark.Vendors.Ibkr.Wire;

namespace Tidemark.Vendors.Tests.Ibkr.Wire;

public sealed class FieldReaderTests
{
    [Theory]
    [InlineData("5.1", 5.1)]
    [InlineData("0.0", 0.0)]
    [InlineData("-1", -1.0)]
    [InlineData("1.0E7", 1e7)]
    [InlineData("1.5E-4", 1.5e-4)]
    [InlineData("28.100000381469727", 28.100000381469727)]
    [InlineData("-0.1105", -0.1105)]
    public void NextDouble_Number_IsRead(string text, double expected) => Read(text).NextDouble().ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("1.7976931348623157E308")]
    [InlineData("1.7976931348623157E+308")]
    [InlineData("-1.7976931348623157E308")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("Infinite")]
    public void NextDouble_MarkOfNothing_IsNaNAndNoFault(string text)
    {
        var fields = Read(text);

        double.IsNaN(fields.NextDouble()).ShouldBeTrue();
        fields.IsBroken.ShouldBeFalse();
    }

    [Theory]
    [InlineData("2147483647")]
    [InlineData("9223372036854775807")]
    [InlineData("")]
    public void NextSize_MarkOfNothing_IsNaN(string text) => double.IsNaN(Read(text).NextSize()).ShouldBeTrue();

    [Theory]
    [InlineData("2147483646", 2147483646.0)]
    [InlineData("0.5", 0.5)]
    [InlineData("1E-8", 1e-8)]
    public void NextSize_Size_IsRead(string text, double expected) => Read(text).NextSize().ShouldBe(expected);

    [Theory]
    [InlineData("abc")]
    [InlineData("5,1")]
    [InlineData("0x10")]
    public void NextDouble_SomethingElse_BreaksTheReader(string text)
    {
        var fields = Read(text);
        fields.NextDouble();
        fields.IsBroken.ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.5")]
    [InlineData("12a")]
    [InlineData("99999999999")]
    public void NextInt_NoWholeNumber_BreaksTheReader(string text)
    {
        var fields = Read(text);
        fields.NextInt().ShouldBe(0);
        fields.IsBroken.ShouldBeTrue();
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("2147483647", 0)]
    [InlineData("7", 7)]
    [InlineData("7.0", 7)]
    public void NextIntOrZero_MayBeUnset(string text, int expected)
    {
        var fields = Read(text);
        fields.NextIntOrZero().ShouldBe(expected);
        fields.IsBroken.ShouldBeFalse();
    }

    [Theory]
    [InlineData("C", OptionRight.Call)]
    [InlineData("CALL", OptionRight.Call)]
    [InlineData("P", OptionRight.Put)]
    [InlineData("PUT", OptionRight.Put)]
    [InlineData("", OptionRight.None)]
    [InlineData("?", OptionRight.None)]
    public void NextRight_AnySpelling_IsRead(string text, OptionRight expected) =>
        Read(text).NextRight().ShouldBe(expected);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData(@"Nestl\u00e9 SA", "Nestlé SA")]
    [InlineData(@"\u8d35\u5dde", "贵州")]
    [InlineData(@"C:\users", @"C:\users")]
    [InlineData(@"cut \u00", @"cut \u00")]
    public void NextText_Escapes_AreReplaced(string text, string expected) => Read(text).NextText().ShouldBe(expected);

    [Fact]
    public void Next_BeyondTheEnd_BreaksAndStaysBroken()
    {
        var fields = new FieldReader("1\0"u8);
        fields.NextInt().ShouldBe(1);
        fields.HasMore.ShouldBeFalse();

        fields.Next().IsEmpty.ShouldBeTrue();
        fields.IsBroken.ShouldBeTrue();
        fields.NextInt().ShouldBe(0);
        double.IsNaN(fields.NextDouble()).ShouldBeTrue();
        fields.NextText().ShouldBe("");
    }

    /// <summary>5.15 that was cut reads 5.1: only the NUL says that a number is whole.</summary>
    [Fact]
    public void Next_FieldWithoutItsEnd_IsNotRead()
    {
        var fields = new FieldReader("5.1"u8);
        double.IsNaN(fields.NextDouble()).ShouldBeTrue();
        fields.IsBroken.ShouldBeTrue();
    }

    [Theory]
    [InlineData("-1\0")]
    [InlineData("3\0a\0b\0")]
    [InlineData("2000000000\0a\0")]
    public void NextCount_MoreThanTheMessageHolds_BreaksBeforeAnybodyMakesRoom(string payload)
    {
        var fields = new FieldReader(Encoding.ASCII.GetBytes(payload));
        fields.NextCount(2).ShouldBe(0);
        fields.IsBroken.ShouldBeTrue();
    }

    private static FieldReader Read(string field) => new(Encoding.Latin1.GetBytes(field + "\0"));
}
