using Tidemark.Core.Secrets;
using Tidemark.Hosting.Workspace;

namespace Tidemark.Hosting.Tests;

/// <summary>What is masked of the addresses that a workspace names.</summary>
public sealed class WorkspaceSecretsTests
{
    [Theory]
    [InlineData("http://reader:pass-4711-word@data.example/api", "pass-4711-word")]
    [InlineData("http://reader:p%40ss-4711-word@data.example/api", "p@ss-4711-word")]
    [InlineData("https://key-4711-0815-zz@data.example/api", "key-4711-0815-zz")]
    [InlineData("https://data.example/api?token=tok-4711-0815&page=1", "tok-4711-0815")]
    [InlineData("https://data.example/v1/6f1e0c9ab2d34e5f8a7b/api", "6f1e0c9ab2d34e5f8a7b")]
    public void Address_ThatAMessageRepeats_IsMaskedWhereItIsSecret(string url, string secret)
    {
        var options = WorkspaceReader.Parse(
            Path.GetTempPath(),
            $"vendors: {{ tushare: {{ url: '{url}', token: abc }} }}",
            new Dictionary<string, string>(),
            ShippedVendors.All
        );
        var mask = new SecretMask();

        WorkspaceSecrets.Add(options, mask);

        var said = mask.Mask($"no route to {url} (as {secret})");
        said.ShouldNotContain(secret);
        said.ShouldContain("data.example");
        said.ShouldContain("no route to http");
    }

    /// <summary>Host, database and modes are in many a message that has to be read.</summary>
    [Fact]
    public void Control_OnPostgres_OnlyItsPasswordIsMasked()
    {
        const string Url =
            "postgres://tidemark-writer:pass%2F4711-word@db.example/market-control-2024?host=/var/run/postgresql&application_name=night-shift-7";
        var options = WorkspaceReader.Parse(
            Path.GetTempPath(),
            $"control: '{Url}'",
            new Dictionary<string, string>(),
            ShippedVendors.All
        );
        var mask = new SecretMask();

        WorkspaceSecrets.Add(options, mask);

        mask.Mask(Url).ShouldBe(Url.Replace("pass%2F4711-word", new string('*', 16), StringComparison.Ordinal));
        mask.Mask("as pass/4711-word").ShouldBe("as " + new string('*', 14));
    }
}
