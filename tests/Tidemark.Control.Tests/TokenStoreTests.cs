using System.Text;
using Tidemark.Control.Secrets;
using Tidemark.Core.Errors;

namespace Tidemark.Control.Tests;

public abstract class TokenStoreTests(ControlFixture fixture) : IDisposable
{
    private const string Token = "plain-token-0123456789abcdef";

    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly Func<string?> s_noEnvironment = () => null;

    private readonly ControlFixture _fixture = fixture;

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Set_IsNowhereInPlainText()
    {
        await using (var database = await _fixture.OpenAsync())
        {
            var tokens = new TokenStore(database);
            await tokens.SetAsync(null, Token, s_none);
            await tokens.SetAsync("stock", Token, s_none);
            await tokens.SetAsync("stock", "", s_none);
        }

        _fixture.Sql("select protected_value from secrets").ShouldHaveSingleItem().ShouldNotContain(Token);
        var plain = Encoding.UTF8.GetBytes(Token);
        var encoded = Encoding.UTF8.GetBytes(Convert.ToBase64String(plain)[..20]);
        foreach (var file in Directory.EnumerateFiles(_fixture.Folder, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            bytes.AsSpan().IndexOf(plain).ShouldBe(-1, file);
            bytes.AsSpan().IndexOf(encoded).ShouldBe(-1, file);
        }
    }

    [Fact]
    public async Task Keys_AreForTheOwnerAlone()
    {
        await using var database = await _fixture.OpenAsync();
        Directory.CreateDirectory(database.KeysFolder);
        await new TokenStore(database).SetAsync(null, Token, s_none);

        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("file modes are Unix");
        }
        else
        {
            File.GetUnixFileMode(database.KeysFolder)
                .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task Resolve_GoesFromDomainToMainToEnvironment()
    {
        await using var database = await _fixture.OpenAsync();
        var tokens = new TokenStore(database);

        async Task<(string?, TokenSource)> Resolve(TokenMode mode)
        {
            var resolved = await tokens.ResolveAsync("stock", mode, () => "environment", s_none);
            return (resolved.Value, resolved.Source);
        }

        (await Resolve(TokenMode.Override)).ShouldBe(("environment", TokenSource.EnvironmentFallback));
        await tokens.SetAsync(null, " main ", s_none);
        (await Resolve(TokenMode.Override)).ShouldBe(("main", TokenSource.Main));
        await tokens.SetAsync("stock", "own", s_none);
        (await Resolve(TokenMode.Override)).ShouldBe(("own", TokenSource.DomainOverride));
        (await Resolve(TokenMode.InheritMain)).ShouldBe(("main", TokenSource.Main));
        await tokens.SetAsync(null, "", s_none);
        (await Resolve(TokenMode.InheritMain)).ShouldBe(("environment", TokenSource.EnvironmentFallback));
    }

    [Fact]
    public async Task Resolve_NothingAnywhere_IsNoneAndItsTextShowsNoToken()
    {
        await using var database = await _fixture.OpenAsync();
        var tokens = new TokenStore(database);

        var none = await tokens.ResolveAsync(null, TokenMode.InheritMain, s_noEnvironment, s_none);
        await tokens.SetAsync(null, Token, s_none);
        var main = await tokens.ResolveAsync(null, TokenMode.InheritMain, s_noEnvironment, s_none);

        none.Value.ShouldBeNull();
        none.Source.ShouldBe(TokenSource.None);
        main.Value.ShouldBe(Token);
        main.ToString().ShouldBe("Main");
    }

    [Fact]
    public async Task Resolve_InAnotherProcess_DecryptsWithTheSameKeys()
    {
        await using (var first = await _fixture.OpenAsync())
        {
            await new TokenStore(first).SetAsync(null, Token, s_none);
        }

        await using var second = await _fixture.OpenAsync();
        (
            await new TokenStore(second).ResolveAsync(null, TokenMode.InheritMain, s_noEnvironment, s_none)
        ).Value.ShouldBe(Token);
    }

    [Fact]
    public async Task Resolve_KeysLost_IsAClearError()
    {
        await using var database = await _fixture.OpenAsync();
        await new TokenStore(database).SetAsync(null, Token, s_none);
        Directory.Delete(database.KeysFolder, recursive: true);

        var error = await Should.ThrowAsync<TidemarkException>(() =>
            new TokenStore(database).ResolveAsync(null, TokenMode.InheritMain, () => "environment", s_none)
        );

        error.Code.ShouldBe("TOKEN_UNREADABLE");
        error.Kind.ShouldBe(ErrorKind.Unauthorized);
        error.Message.ShouldContain("The stored main token cannot be decrypted");
    }

    [Fact]
    public async Task Resolve_ValueMovedToAnotherName_IsRefused()
    {
        await using var database = await _fixture.OpenAsync();
        await new TokenStore(database).SetAsync("stock", Token, s_none);
        _fixture.Sql("update secrets set name = 'market_token_main_v2'");

        (
            await Should.ThrowAsync<TidemarkException>(() =>
                new TokenStore(database).ResolveAsync(null, TokenMode.InheritMain, s_noEnvironment, s_none)
            )
        ).Code.ShouldBe("TOKEN_UNREADABLE");
    }
}

public sealed class SqliteTokenStoreTests() : TokenStoreTests(new SqliteFixture());

[Trait("Speed", "Slow")]
public sealed class PostgresTokenStoreTests() : TokenStoreTests(new PostgresFixture());
