using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tidemark.Core.Secrets;

namespace Tidemark.Core.Tests.Secrets;

public sealed class SecretMaskTests
{
    private const string Token = "5ecRe7t0kenA9b8c7d6e5f4g3h2i1jKLMNOPqrstuvwxyZ0192837465";

    private static readonly byte[] s_utf8 = Encoding.UTF8.GetBytes(Token);

    private static readonly Dictionary<string, string> s_spellings = new()
    {
        ["as it is"] = Token,
        ["capitals"] = Token.ToUpperInvariant(),
        ["small letters"] = Token.ToLowerInvariant(),
        ["JSON escapes"] = string.Concat(Token.Select(c => $"\\u{(int)c:x4}")),
        ["JSON escapes in capitals, some"] = string.Concat(
            Token.Select((c, i) => i % 3 == 0 ? $"\\u{(int)c:X4}" : $"{c}")
        ),
        ["JSON within JSON"] = string.Concat(Token.Select(c => $"\\\\u{(int)c:x4}")),
        ["percent"] = string.Concat(Token.Select(c => $"%{(int)c:X2}")),
        ["percent, one"] = $"%{(int)Token[0]:X2}{Token[1..]}",
        ["HTML, decimal"] = string.Concat(Token.Select(c => $"&#{(int)c};")),
        ["HTML, hexadecimal"] = string.Concat(Token.Select(c => $"&#x{(int)c:x};")),
        ["base64"] = Convert.ToBase64String(s_utf8),
        ["base64 after a name"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{Token}")),
        ["base64 after another name"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{Token}@x")),
        ["base64 within a URL"] = Convert.ToBase64String(s_utf8).Replace('+', '-').Replace('/', '_').TrimEnd('='),
        ["hexadecimal"] = Convert.ToHexString(s_utf8),
        ["hexadecimal, small"] = Convert.ToHexString(s_utf8).ToLowerInvariant(),
        ["without its first character"] = Token[1..],
        ["without its last character"] = Token[..^1],
        ["the first half"] = Token[..28],
        ["the last third"] = Token[^18..],
        ["a piece of the middle, escaped"] = string.Concat(Token[20..40].Select(c => $"\\u{(int)c:x4}")),
    };

    public static TheoryData<string> Spellings => [.. s_spellings.Keys];

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Mask_SecretInAnySpelling_LeavesNothingOfIt(string spelling)
    {
        var written = s_spellings[spelling];
        var mask = Masking(Token);

        var text = mask.Mask($"HTTP/1.1 请求 {written}, and more");

        text.ShouldStartWith("HTTP/1.1 请求 ");
        text.ShouldEndWith(", and more");
        text.ShouldContain("****");
        for (var i = 0; i + 12 <= written.Length; i++)
        {
            text.ShouldNotContain(written.Substring(i, 12), Case.Insensitive);
        }
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Mask_BytesInPlace_KeepTheirLengthAndAreCounted(string spelling)
    {
        var text = Encoding.UTF8.GetBytes($"{new string('x', 20_000)}{s_spellings[spelling]}{new string('y', 20_000)}");
        var mask = Masking(Token);

        mask.Mask(text).ShouldBeGreaterThan(0);

        text.Count(b => b is (byte)'x' or (byte)'y').ShouldBeGreaterThanOrEqualTo(40_000);
        mask.Mask(text).ShouldBe(0, "nothing is left");
    }

    [Fact]
    public void Mask_SecretTwice_OverwritesBoth() =>
        Masking(Token).Mask($"{Token} {Token}").ShouldBe($"{Stars} {Stars}");

    [Fact]
    public void Mask_SeveralSecrets_FindsEach()
    {
        var mask = Masking(Token, "AKIA1234567890ABCDEF");

        mask.Mask($"key AKIA1234567890ABCDEF token {Token}").ShouldBe($"key {new string('*', 20)} token {Stars}");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("test")]
    [InlineData("password")]
    [InlineData("000000000000000000000000")]
    [InlineData("abababababababab")]
    [InlineData("")]
    [InlineData(null)]
    public void Add_TooShortOrTooPlainToBeASecret_MasksNothing(string? secret)
    {
        var mask = Masking(secret);

        mask.Mask($"1 test password 000000000000000000000000 {secret} abababababababab")
            .ShouldBe($"1 test password 000000000000000000000000 {secret} abababababababab");
    }

    [Theory]
    [InlineData("[\"000001.SZ\",\"20240102\",10.5,\"中\\u4e2d\\u00b7 100%\"]")]
    [InlineData("C:\\users\\x \\u00zz %zz &#; &#x; &#999; \\")]
    [InlineData("5ecRe7t0ken")]
    [InlineData("")]
    public void Mask_TextWithoutTheSecret_IsTheSameInstance(string text) =>
        Masking(Token).Mask(text).ShouldBeSameAs(text);

    [Fact]
    public void Mask_AnyRunOfTheSecretAnywhere_IsFound()
    {
        var mask = Masking(Token);
        var runs =
            from start in Gen.Choose(0, Token.Length - 16)
            from length in Gen.Choose(16, Token.Length - start)
            from before in Gen.Choose(0, 9000)
            select (start, length, before);
        Prop.ForAll(
                runs.ToArbitrary(),
                run =>
                {
                    var text = $"{new string('.', run.before)}{Token.Substring(run.start, run.length)}.";
                    return mask.Mask(text) == $"{new string('.', run.before)}{new string('*', run.length)}.";
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Mask_RandomBytes_NeitherThrowsNorFindsAnything()
    {
        var random = new Random(11);
        var mask = Masking(Token);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(64)];
            random.NextBytes(bytes);
            for (var i = 0; i < bytes.Length; i += 3)
            {
                bytes[i] = "\\%&#u0x;"u8[random.Next(8)];
            }

            mask.Mask(bytes).ShouldBe(0, string.Create(CultureInfo.InvariantCulture, $"seed 11, round {round}"));
        }
    }

    private static string Stars => new('*', Token.Length);

    private static SecretMask Masking(params string?[] secrets)
    {
        var mask = new SecretMask();
        foreach (var secret in secrets)
        {
            mask.Add(secret);
        }

        return mask;
    }
}
