using System.Globalization;
using Tidemark.Core;
using Tidemark.Core.Errors;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tables;

/// <summary>
/// A live file that is not what the log says: deleted, cut or replaced by hand, or lost with its disk.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="File">The file as the log has it.</param>
/// <param name="IsGone">Whether the store has nothing at its key.</param>
/// <param name="What">What is wrong with it: <c>it is missing</c>.</param>
public sealed record DamagedFile(TableId Table, AddAction File, bool IsGone, string What)
{
    /// <summary>
    /// Why the store did not give the file, when it may be whole: nobody may read it, or its disk fails. This does not
    /// show that its rows are lost, so nothing replaces it. Null when the file is known to be gone or to be another
    /// one.
    /// </summary>
    public TidemarkException? Refusal { get; init; }

    /// <summary>
    /// The key of the link in the place of the file or of a folder on the way to it; null when there is none. The file
    /// may be whole behind the link, so <see cref="Refusal"/> says why it is not read.
    /// </summary>
    public string? Link { get; init; }

    /// <summary>Where the store keeps it.</summary>
    public string Key => DataFiles.KeyOf(Table, File);

    /// <summary>The error's code: <c>OBJECT_MISSING</c>, <c>OBJECT_DAMAGED</c> or <c>OBJECT_IS_LINK</c>.</summary>
    public string Code =>
        Link is not null ? InnerLink.Code
        : IsGone ? "OBJECT_MISSING"
        : "OBJECT_DAMAGED";

    /// <summary>The units whose rows are or were in the file.</summary>
    public IReadOnlyList<string> Units => [.. UnitSlice.Of(File).Select(s => s.Unit)];

    /// <summary>What is wrong, where, and the command that mends it, for people.</summary>
    public string Line => $"{Table}{Days}: {Link ?? Key}: {What}. {Advice}";

    /// <summary>What to do.</summary>
    public string Advice =>
        Link is not null ? InnerLink.Advice(Link, $"then {Remedy.Of(Table, File)}")
        : Refusal is null ? Remedy.Of(Table, File)
        : $"It may be whole: let the user that runs tidemark read it (its owner and mode), or repair its disk. Delete it only if it is lost for good; then {Remedy.Of(Table, File)}";

    /// <summary>The error for a caller that needs just this file.</summary>
    public TidemarkException ToException(Exception? inner) => new(ErrorKind.Storage, Code, Line, inner);

    private string Days =>
        TablePartition.DaysOf(File) switch
        {
            [] => "",
            [var day] => $" {day.ToIso()}",
            [var first, .., var last] => string.Create(
                CultureInfo.InvariantCulture,
                $" {first.ToIso()} … {last.ToIso()}"
            ),
        };
}
