using System.Globalization;
using System.Text.Json.Nodes;

namespace Tidemark.Operations.Runs;

/// <summary>A unit that a run's row names because it is not whole.</summary>
public sealed record NamedUnit(string Unit, long Attempts, DateTimeOffset? NextAt, string Reason);

/// <summary>A derived table or day that could not be built after a run.</summary>
public sealed record NamedFailure(string? Table, string? Day, string? Code, string Message);

/// <summary>The build that followed a run.</summary>
/// <param name="Status"><c>built</c>, <c>not_whole</c>, <c>stopped</c>, <c>left</c> or <c>off</c>.</param>
/// <param name="Tables">How many tables were built.</param>
/// <param name="Failed">How many tables and days were not.</param>
/// <param name="Failures">The first of these.</param>
public sealed record DerivedFacts(string Status, long Tables, long Failed, IReadOnlyList<NamedFailure> Failures);

/// <summary>What a run's <c>meta_json</c> says. Runs of earlier versions have fewer facts.</summary>
public sealed class RunFacts
{
    private readonly JsonObject _meta;

    private RunFacts(JsonObject meta) => _meta = meta;

    /// <summary>Reads a run's meta; null is that of a run without any.</summary>
    public static RunFacts Of(string? metaJson) => new(Parse(metaJson) as JsonObject ?? []);

    /// <summary>Who asked: <c>manual</c>, <c>schedule</c>, <c>startup</c>, <c>auto</c>.</summary>
    public string? Source => Text("source");

    /// <summary>Why just then: <c>catch_up</c>, <c>attempts_due</c>.</summary>
    public string? Reason => Text("reason");

    /// <summary>The first wanted day.</summary>
    public string? From => Text("from");

    /// <summary>The last wanted day.</summary>
    public string? To => Text("to");

    /// <summary>Machine and process: <c>host/4711</c>.</summary>
    public string? Process => Text("process");

    /// <summary>Who canceled it: a command, or <c>signal</c>.</summary>
    public string? CanceledBy => Text("canceledBy");

    /// <summary>The gate at which it was stopped before it began.</summary>
    public string? BlockedStage => Text("blockedStage");

    /// <summary>The code of what kept it from beginning, or ended it.</summary>
    public string? ErrorCode => Text("errorCode");

    /// <summary>The fingerprint of the definitions that it went by.</summary>
    public string? Definitions => Text("definitions");

    /// <summary>When the process of a run was last heard of that was found gone.</summary>
    public DateTimeOffset? LostAt => Moment(_meta["lostAt"]);

    /// <summary>Whether what it fetched was evaluated; null of earlier versions, and before its units are done.</summary>
    public bool? IsSettled =>
        _meta["settled"] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    /// <summary>Whether its time (<c>--for</c>) was over before its units were.</summary>
    public bool IsOutOfTime => _meta["outOfTime"] is not null;

    /// <summary>Committed units that are not whole.</summary>
    public IReadOnlyList<NamedUnit> Incomplete => Units("incomplete");

    /// <summary>Units that no run tries any more.</summary>
    public IReadOnlyList<NamedUnit> GivenUp => Units("givenUp");

    /// <summary>The build that followed; null while there was none.</summary>
    public DerivedFacts? Derived =>
        _meta["derived"] is JsonObject derived
            ? new DerivedFacts(
                derived["status"]?.ToString() ?? "",
                Number(derived["tables"]) ?? 0,
                Number(derived["failed"]) ?? 0,
                [
                    .. (derived["failures"] as JsonArray ?? [])
                        .OfType<JsonObject>()
                        .Select(f => new NamedFailure(
                            f["table"]?.ToString(),
                            f["day"]?.ToString(),
                            f["code"]?.ToString(),
                            f["message"]?.ToString() ?? ""
                        )),
                ]
            )
            : null;

    /// <summary>A count of it, such as <c>unitsPlanned</c>; null where it is not known.</summary>
    public long? Count(string key) => Number(_meta[key]);

    private string? Text(string key) => _meta[key]?.ToString();

    private IReadOnlyList<NamedUnit> Units(string key) =>
        [
            .. (_meta[key] as JsonArray ?? [])
                .OfType<JsonObject>()
                .Select(u => new NamedUnit(
                    u["unit"]?.ToString() ?? "",
                    Number(u["attempts"]) ?? 0,
                    Moment(u["next"]),
                    u["reason"]?.ToString() ?? ""
                )),
        ];

    private static long? Number(JsonNode? node) =>
        long.TryParse(node?.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static DateTimeOffset? Moment(JsonNode? node) =>
        DateTimeOffset.TryParse(
            node?.ToString(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var moment
        )
            ? moment
            : null;

    private static JsonNode? Parse(string? json)
    {
        try
        {
            return json is null ? null : JsonNode.Parse(json);
        }
        catch (System.Text.Json.JsonException)
        {
            return null; // somebody changed the row by hand: what its columns say is still shown
        }
    }
}
