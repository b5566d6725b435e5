using System.Reflection;

namespace Tidemark.Lake.Delta;

/// <summary>The program's version, as written into commits.</summary>
internal static class TidemarkVersion
{
    public static string Current { get; } =
        typeof(TidemarkVersion)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion;
}
