using Tidemark.Core.Errors;
using Tidemark.Core.Files;

namespace Tidemark.Operations.Definitions;

/// <summary>A folder of answers as a vendor sent them, each in a file <c>{api}.json</c>.</summary>
internal sealed class RecordedAnswers
{
    private const string Ending = ".json";
    private readonly SortedDictionary<string, string> _files;

    private RecordedAnswers(SortedDictionary<string, string> files) => _files = files;

    /// <summary>The calls of which there are answers, in order.</summary>
    public IEnumerable<string> Apis => _files.Keys;

    /// <exception cref="TidemarkException">Code <c>ANSWERS_MISSING</c>: the folder cannot be read, or has none.</exception>
    public static RecordedAnswers In(string folder)
    {
        try
        {
            var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var file in Directory.EnumerateFiles(folder, "*" + Ending))
            {
                files[Path.GetFileNameWithoutExtension(file)] = file;
            }

            return files.Count > 0 ? new RecordedAnswers(files) : throw Missing(folder, "it has none");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Missing(folder, e.Message.TrimEnd('.'));
        }
    }

    /// <summary>The file of a call; null when there is none.</summary>
    public string? Find(string api) => _files.GetValueOrDefault(api);

    /// <exception cref="TidemarkException">Code <c>ANSWERS_MISSING</c>: the file cannot be read.</exception>
    public ReadOnlyMemory<byte> Read(string file)
    {
        try
        {
            return DataFile.ReadBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Missing(file, e.Message.TrimEnd('.'));
        }
    }

    private static TidemarkException Missing(string where, string why) =>
        new(
            ErrorKind.BadRequest,
            "ANSWERS_MISSING",
            $"There are no recorded answers in {where}: {why}. Give a folder with files like daily.json, each an answer as the vendor sends it."
        );
}
