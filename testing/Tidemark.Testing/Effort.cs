using System.Globalization;

namespace Tidemark.Testing;

/// <summary>
/// How many cases a test by chance tries: as many as <c>./test</c> has time for, or a multiple of them for who has more.
/// </summary>
public static class Effort
{
    /// <summary>The variable that says how many times as much is tried; <c>bench/crash</c> sets it.</summary>
    public const string Variable = "TIDEMARK_TEST_EFFORT";

    /// <summary>The number of cases, of which <paramref name="usual"/> are tried where nobody asks for more.</summary>
    public static int Of(int usual) =>
        usual * int.Parse(Environment.GetEnvironmentVariable(Variable) ?? "1", CultureInfo.InvariantCulture);
}
