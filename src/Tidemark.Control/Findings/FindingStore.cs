namespace Tidemark.Control.Findings;

/// <summary>What two sources say differently, or what fits no source.</summary>
/// <param name="Subject">Its subject; unique within its kind, for example <c>XSHG 2026-10-01</c>.</param>
/// <param name="Detail">The fault, and the value that counts meanwhile.</param>
public sealed record Finding(string Subject, string Detail);

/// <summary>A finding as it is kept.</summary>
public sealed record StoredFinding(
    string Kind,
    string Subject,
    string Detail,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset LastSeenAt
);

/// <summary>
/// <c>findings</c>. A search for a kind replaces all of that kind, so that a mended fault goes by itself. Thread-safe.
/// </summary>
public sealed class FindingStore(ControlDatabase database)
{
    /// <summary>A calendar file and the vendor's calendar disagree.</summary>
    public const string Calendar = "calendar";

    /// <summary>What a day's lists say of changed codes could not be kept.</summary>
    public const string Codes = "codes";

    /// <summary>The values that macro figures have had could not be kept.</summary>
    public const string Vintages = "vintages";

    /// <summary>
    /// A code of rows that no list has, one that its list lost, or a target that none has. Never kept: it is read from
    /// the tables each time.
    /// </summary>
    public const string Symbols = "symbols";

    /// <summary>
    /// Rows prove other units of volume or turnover than declared, or none. Never kept: it is read from the tables each
    /// time.
    /// </summary>
    public const string Units = "units";

    /// <summary>Answers had other columns than declared. Read from the tables each time, too.</summary>
    public const string Drift = "drift";

    /// <summary>Rows break a rule of their dataset. Read from the tables each time, too.</summary>
    public const string Quality = "quality";

    /// <summary>Every kind that there is.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Calendar, Codes, Symbols, Vintages, Units, Drift, Quality];

    /// <summary>Writes the findings of a kind, and removes earlier ones that are not among them.</summary>
    public Task ReplaceAsync(string kind, IReadOnlyCollection<Finding> found, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                // Not by time alone: a clock that was put back must not keep a mended one.
                await session.ExecuteAsync("update findings set last_seen_at = -1 where kind = @kind", ("@kind", kind));
                await session.ExecuteManyAsync(
                    """
                    insert into findings (kind, subject, detail, first_seen_at, last_seen_at)
                    values (@kind, @subject, @detail, @now, @now)
                    on conflict (kind, subject) do update set detail = excluded.detail, last_seen_at = excluded.last_seen_at
                    """,
                    ["@kind", "@subject", "@detail", "@now"],
                    found,
                    (finding, parameters) =>
                    {
                        parameters[0].Value = kind;
                        parameters[1].Value = finding.Subject;
                        parameters[2].Value = finding.Detail;
                        parameters[3].Value = database.NowMilliseconds;
                    }
                );
                await session.ExecuteAsync(
                    "delete from findings where kind = @kind and last_seen_at = -1",
                    ("@kind", kind)
                );
            },
            cancellationToken
        );

    /// <summary>All that stand, by kind and subject.</summary>
    public Task<List<StoredFinding>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            session =>
                session.QueryAsync(
                    "select kind, subject, detail, first_seen_at, last_seen_at from findings order by kind, subject",
                    reader => new StoredFinding(
                        reader.GetString(0),
                        reader.GetString(1),
                        reader.GetString(2),
                        reader.Moment(3),
                        reader.Moment(4)
                    )
                ),
            cancellationToken
        );
}
