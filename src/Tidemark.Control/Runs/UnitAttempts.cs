using System.Data.Common;

namespace Tidemark.Control.Runs;

/// <summary>A unit that was tried and is not whole.</summary>
/// <param name="Unit">Its text: <c>tushare.daily/2022-06-01</c>.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Step">
/// How many of the planned distances are used up. Less than <paramref name="Attempts"/> where somebody did not wait:
/// being impatient costs no attempt.
/// </param>
/// <param name="LastAt">When it was last tried.</param>
/// <param name="NextAt">From when on a scheduled run tries it again; null once it is given up.</param>
/// <param name="Reason">Why it is not whole, in words.</param>
public sealed record UnitAttempt(
    string Unit,
    long Attempts,
    long Step,
    DateTimeOffset LastAt,
    DateTimeOffset? NextAt,
    string Reason
)
{
    /// <summary>No run tries it any more; a <c>refetch</c> does.</summary>
    public bool IsGivenUp => NextAt is null;
}

/// <summary>How many units are not whole.</summary>
/// <param name="Open">Those that are tried again.</param>
/// <param name="GivenUp">Those that are not.</param>
/// <param name="NextAt">When the first of the open ones is due; null when there is none.</param>
public sealed record AttemptTotals(long Open, long GivenUp, DateTimeOffset? NextAt);

/// <summary><c>unit_attempts</c>: the units that runs have to try again. Thread-safe.</summary>
public sealed class UnitAttempts(ControlDatabase database)
{
    private const string Open = "open";
    private const string GivenUp = "given_up";

    /// <summary>All of them, by the unit's text.</summary>
    public async Task<IReadOnlyDictionary<string, UnitAttempt>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            session =>
                session.QueryAsync(
                    "select unit, attempts, step, last_at, next_at, reason from unit_attempts order by unit",
                    Read
                ),
            cancellationToken
        );
        return rows.ToDictionary(row => row.Unit, StringComparer.Ordinal);
    }

    /// <summary>How many there are in each state.</summary>
    public async Task<AttemptTotals> TotalsAsync(CancellationToken cancellationToken)
    {
        var states = await database.ReadAsync(
            session =>
                session.QueryAsync(
                    "select state, count(*), min(next_at) from unit_attempts group by state",
                    reader => (State: reader.GetString(0), Units: reader.GetInt64(1), NextAt: reader.MomentOrNull(2))
                ),
            cancellationToken
        );
        var open = states.Find(s => s.State == Open);
        return new AttemptTotals(open.Units, states.Find(s => s.State == GivenUp).Units, open.NextAt);
    }

    /// <summary>
    /// Writes what became of units in one transaction: those that are still not whole, and those that need no attempt
    /// any more.
    /// </summary>
    public Task WriteAsync(
        IReadOnlyCollection<UnitAttempt> open,
        IReadOnlyCollection<string> over,
        CancellationToken cancellationToken
    ) =>
        open.Count + over.Count == 0
            ? Task.CompletedTask
            : database.WriteAsync(
                async session =>
                {
                    await session.ExecuteManyAsync(
                        "delete from unit_attempts where unit = @unit",
                        ["@unit"],
                        over,
                        (unit, parameters) => parameters[0].Value = unit
                    );
                    await session.ExecuteManyAsync(
                        """
                        insert into unit_attempts (unit, attempts, step, last_at, next_at, state, reason)
                        values (@unit, @attempts, @step, @last, @next, @state, @reason)
                        on conflict (unit) do update set attempts = excluded.attempts, step = excluded.step, last_at = excluded.last_at,
                          next_at = excluded.next_at, state = excluded.state, reason = excluded.reason
                        """,
                        ["@unit", "@attempts", "@step", "@last", "@next", "@state", "@reason"],
                        open,
                        Set
                    );
                },
                cancellationToken
            );

    private static void Set(UnitAttempt attempt, DbParameterCollection parameters)
    {
        parameters[0].Value = attempt.Unit;
        parameters[1].Value = attempt.Attempts;
        parameters[2].Value = attempt.Step;
        parameters[3].Value = attempt.LastAt.ToUnixTimeMilliseconds();
        parameters[4].Value = (object?)attempt.NextAt?.ToUnixTimeMilliseconds() ?? DBNull.Value;
        parameters[5].Value = attempt.IsGivenUp ? GivenUp : Open;
        parameters[6].Value = attempt.Reason;
    }

    private static UnitAttempt Read(DbDataReader reader) =>
        new(
            reader.GetString(0),
            reader.GetInt64(1),
            reader.GetInt64(2),
            reader.Moment(3),
            reader.MomentOrNull(4),
            reader.GetString(5)
        );
}
