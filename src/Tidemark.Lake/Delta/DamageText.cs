using System.Globalization;
using System.Text.Json;
using Tidemark.DuckDb;

namespace Tidemark.Lake.Delta;

/// <summary>
/// What is wrong with a part of a log, in words for people: the readers' own messages name types of this program and of
/// .NET.
/// </summary>
internal static class DamageText
{
    private const string OtherKind = "a value is of another kind than it must be";
    private static readonly string[] s_places = [" Path: ", " LineNumber: "];

    public static string Of(Exception error) =>
        error switch
        {
            DuckDbException engine => engine.EngineMessage,
            JsonException json => Words(json) + Place(json),
            InvalidOperationException or InvalidCastException => OtherKind,
            KeyNotFoundException => "something that must be there is missing",
            OverflowException => "a number is too large",
            _ => error.Message,
        };

    private static string Words(JsonException error)
    {
        if (
            error.InnerException is InvalidOperationException
            || error.Message.Contains("could not be converted", StringComparison.Ordinal)
        )
        {
            return OtherKind;
        }

        var end = s_places
            .Select(p => error.Message.IndexOf(p, StringComparison.Ordinal))
            .Where(at => at >= 0)
            .DefaultIfEmpty(error.Message.Length)
            .Min();
        return error.Message[..end].TrimEnd('.');
    }

    // Lines of a log are read one by one: the reader's own number of a line is always the first.
    private static string Place(JsonException error)
    {
        var member = error.Path is ['$', '.', .. var path] ? $" in {path}" : "";
        return error.BytePositionInLine is { } position
            ? string.Create(CultureInfo.InvariantCulture, $"{member}, near byte {position}")
            : member;
    }
}
