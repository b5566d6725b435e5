namespace Tidemark.Core.Datasets;

/// <summary>The asset class of a dataset or check, in the order in which reports show them.</summary>
public enum Bucket
{
    Stock,
    Etf,
    Index,
    Futures,
    Spot,
    Fx,
    Macro,
    Options,
    Global,
}

/// <summary>How buckets are written: in definitions, in the control database, in commands and in JSON.</summary>
public static class Buckets
{
    /// <summary>Every name that <see cref="Find"/> knows, in the order of reports.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<Bucket>().Select(Name)];

    public static string Name(this Bucket bucket) =>
        bucket switch
        {
            Bucket.Stock => "stock",
            Bucket.Etf => "etf",
            Bucket.Index => "index",
            Bucket.Futures => "futures",
            Bucket.Spot => "spot",
            Bucket.Fx => "fx",
            Bucket.Macro => "macro",
            Bucket.Options => "options",
            _ => "global",
        };

    /// <summary>The bucket of a name; null when there is none.</summary>
    public static Bucket? Find(string name)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == name)
            {
                return (Bucket)i;
            }
        }

        return null;
    }
}
