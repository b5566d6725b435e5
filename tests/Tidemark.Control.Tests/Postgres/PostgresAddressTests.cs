using Tidemark.Control.Dialects;

namespace Tidemark.Control.Tests.Postgres;

public sealed class PostgresAddressTests
{
    private const string Secret = "s3cr3t-word";

    [Theory]
    [InlineData("postgres://u:p@h/db", "postgres://h:5432/db", "u", "p")]
    [InlineData("postgresql://u:p@h:6543/db", "postgres://h:6543/db", "u", "p")]
    [InlineData("postgres://h/db", "postgres://h:5432/db", null, null)]
    [InlineData("postgres://u@h/db", "postgres://h:5432/db", "u", null)]
    [InlineData("postgres://u:p@[::1]:6543/db", "postgres://[::1]:6543/db", "u", "p")]
    [InlineData("postgres://u%40x:p%2F%3F@h/d%20b", "postgres://h:5432/d b", "u@x", "p/?")]
    [InlineData("postgres://u:p@x@h/db", "postgres://h:5432/db", "u", "p@x")]
    [InlineData("postgres:///db?host=/var/run/postgresql", "postgres:///db?host=/var/run/postgresql", null, null)]
    [InlineData("postgres://%2Fvar%2Frun/db", "postgres:///db?host=/var/run", null, null)]
    [InlineData("postgres://?host=h&port=1&dbname=db&user=u&password=p", "postgres://h:1/db", "u", "p")]
    [InlineData("postgres://u:p@h/db?sslmode=verify-full&sslrootcert=/ca.pem", "postgres://h:5432/db", "u", "p")]
    public void Parse_Address_HasItsPartsAndShowsNoSecret(string text, string shown, string? user, string? password)
    {
        PostgresAddress.IsOne(text).ShouldBeTrue();
        var address = PostgresAddress.Parse(text, out var problem);

        problem.ShouldBeNull();
        $"{address}".ShouldBe(shown);
        (address!.User, address.Password).ShouldBe((user, password));
    }

    [Theory]
    [InlineData($"postgres://u:{Secret}@/db", "names no server")]
    [InlineData($"postgres://u:{Secret}@h", "names no database")]
    [InlineData($"postgres://u:{Secret}@h/", "names no database")]
    [InlineData($"postgres://u:{Secret}@h:x/db", "port")]
    [InlineData($"postgres://u:{Secret}@h:70000/db", "port")]
    [InlineData($"postgres://u:{Secret}@h1,h2/db", "several hosts")]
    [InlineData($"postgres://u:{Secret}@h/db?pool=3", "'pool', expected host")]
    [InlineData($"postgres://u:{Secret}@h/db?sslmode=yes", "disable, allow, prefer, require, verify-ca, verify-full")]
    [InlineData($"postgres://u:{Secret}@h/db?connect_timeout=soon", "connect_timeout")]
    [InlineData($"postgres://u:a/{Secret}@h/db", "write % as %25, / as %2F")]
    [InlineData($"postgres://u:a/{Secret}", "port")]
    [InlineData($"postgres://u:a?{Secret}=@h/db", "write ? as %3F")]
    public void Parse_AddressWithAFault_SaysWhichAndRepeatsNoSecret(string text, string says)
    {
        PostgresAddress.Parse(text, out var problem).ShouldBeNull();

        problem.ShouldNotBeNull();
        problem.ShouldContain(says);
        problem.ShouldNotContain(Secret);
    }
}
