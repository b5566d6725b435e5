namespace Tidemark.Bench.Ingest;

internal static class Answers
{
    public static void Write(string folder, int days, int stocks) => throw new NotSupportedException();
}
