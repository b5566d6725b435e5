using System.Data.Common;
using Tidemark.Core;
using Tidemark.Core.Completeness;
using Tidemark.Core.Errors;
using Tidemark.Core.Runs;

namespace Tidemark.Control;

/// <summary>
/// The inverse of <see cref="RunNames"/> and <see cref="CellNames"/>, and the other ways in which values are stored.
/// </summary>
internal static class StoredText
{
    public static Pool Pool(string text) => Parse<Pool>(text, value => value.Name());

    public static Lane Lane(string text) => Parse<Lane>(text, value => value.Name());

    public static Pool View(string text) => Parse<Pool>(text, value => value.ViewName());

    public static RunMode Mode(string text) => Parse<RunMode>(text, value => value.Name());

    public static RunStatus RunStatus(string text) => Parse<RunStatus>(text, value => value.Name());

    public static StepStage Stage(string text) => Parse<StepStage>(text, value => value.Name());

    public static StepStatus StepStatus(string text) => Parse<StepStatus>(text, value => value.Name());

    public static CellStatus CellStatus(string text) => Parse<CellStatus>(text, value => value.Name());

    public static CellReason CellReason(string text) => Parse<CellReason>(text, value => value.Name());

    public static string? Text(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    public static long? Long(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public static double? Double(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetDouble(column);

    public static DateOnly? Day(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : TradeDate.ParseIso(reader.GetString(column));

    public static DateTimeOffset Moment(this DbDataReader reader, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    public static DateTimeOffset? MomentOrNull(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.Moment(column);

    /// <summary>The value of an enumeration that is written so.</summary>
    public static T Parse<T>(string text, Func<T, string> name)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (name(value) == text)
            {
                return value;
            }
        }

        throw new TidemarkException(
            ErrorKind.Schema,
            "CONTROL_UNKNOWN_WORD",
            $"The control database holds '{text}' as {typeof(T).Name}, which this program does not know; a newer one may have written it."
        );
    }
}
