using System.Globalization;
using System.Text.RegularExpressions;
using Tidemark.Core.Errors;
using Tidemark.DuckDb;

namespace Tidemark.Simulator.Tushare;

/// <summary>Errors about a recorded file; each names the place.</summary>
internal static partial class ReplayFaults
{
    public const string Code = "REPLAY_UNREADABLE";

    private const string Advice = "Correct the file, or remove it from the folder; the API has no rows then.";

    public static TidemarkException Of(string file, string what) =>
        new(ErrorKind.Configuration, Code, $"The recording {file} {what}. {Advice}");

    /// <summary>A fault of one value.</summary>
    /// <param name="file">The recorded file.</param>
    /// <param name="row">The row, counted from 0.</param>
    /// <param name="column">The column's name.</param>
    /// <param name="what">What is wrong, after the name of the column.</param>
    public static TidemarkException Of(string file, long row, string column, string what)
    {
        var isCsv =
            file.EndsWith(".csv", StringComparison.Ordinal) || file.EndsWith(".csv.gz", StringComparison.Ordinal);
        var place = isCsv ? $"line {Number(ReplayCsv.LineOf(file, row))}" : $"row {Number(row + 1)}";
        return new TidemarkException(
            ErrorKind.Configuration,
            Code,
            $"The recording {file}, {place}, column '{column}' {what}. {Advice}"
        );
    }

    /// <summary>
    /// DuckDB's error without its advice to programmers; for a bad line of a CSV file, the line comes first.
    /// </summary>
    public static TidemarkException Of(string file, DuckDbException error)
    {
        var line = Line().Match(error.EngineMessage);
        if (!line.Success)
        {
            return new TidemarkException(
                ErrorKind.Configuration,
                Code,
                $"The recording {file} cannot be read: {error.EngineMessage}",
                error
            );
        }

        var said = error.EngineMessage[line.Index..].Split('\n', 4, StringSplitOptions.RemoveEmptyEntries);
        var reason = string.Join(" ", said.Skip(1).Take(2)).Trim();
        return new TidemarkException(
            ErrorKind.Configuration,
            Code,
            $"The recording {file}, line {line.Groups["line"].Value}, cannot be read: {reason.TrimEnd('.')}. {Advice}",
            error
        );
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"CSV Error on Line: (?<line>\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
