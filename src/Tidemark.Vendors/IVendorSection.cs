using Tidemark.Core.Datasets;
using Tidemark.Core.Secrets;

namespace Tidemark.Vendors;

/// <summary>
/// A vendor's section of <c>tidemark.yaml</c> with what the environment puts over it. A getter that finds a fault notes
/// it with its place and returns the key's default, so that all faults of a file are told at once. Keys are those of
/// <see cref="IVendor.Keys"/>; any other in the file is a fault that the caller notes.
/// </summary>
public interface IVendorSection
{
    /// <summary>The workspace's folder, absolute.</summary>
    string Folder { get; }

    /// <summary>Text that is not empty.</summary>
    string Text(string key);

    /// <summary>A whole number.</summary>
    int Int(string key, int min = int.MinValue, int max = int.MaxValue);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    bool Bool(string key);

    /// <summary>A stretch of time like <c>30s</c> or <c>2h</c>.</summary>
    TimeSpan Duration(string key);

    /// <summary>A name of <paramref name="words"/>.</summary>
    T Word<T>(string key, IReadOnlyDictionary<string, T> words);

    /// <summary>An address of http or https.</summary>
    Uri Url(string key);

    /// <summary>A path on this machine, absolute; relative ones begin at the workspace's folder.</summary>
    string LocalPath(string key);

    /// <summary>A secret, not read yet. The key is declared as one.</summary>
    SecretReference Secret(string key);

    /// <summary>A list of secrets, not read yet; empty where there is none. The key is declared as one.</summary>
    IReadOnlyList<SecretReference> Secrets(string key);

    /// <summary>Names and their values; the key's default entry is always among them.</summary>
    IReadOnlyDictionary<string, string> Entries(string key);

    /// <summary>Names and their limits. A text that is no limit is noted as a fault and left out.</summary>
    IReadOnlyDictionary<string, RateLimit> RateLimits(string key)
    {
        var limits = new Dictionary<string, RateLimit>(StringComparer.Ordinal);
        foreach (var (name, text) in Entries(key))
        {
            if (RateLimit.TryParse(text, out var limit))
            {
                limits[name] = limit;
            }
            else
            {
                Problem(key, $"gives {name} '{text}', expected {RateLimit.Expected}");
            }
        }

        return limits;
    }

    /// <summary>Notes a fault of a key's value, told as <c>'vendors.name.key' …</c> with its place.</summary>
    void Problem(string key, string text);
}
