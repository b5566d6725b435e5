using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Tidemark.Core.Answers;
using Tidemark.Core.Calendars;
using Tidemark.Core.Errors;
using Tidemark.Definitions;
using Tidemark.DuckDb;
using Tidemark.Lake;

namespace Tidemark.Operations.Calendars;

/// <summary>
/// The trading calendars of a workspace, by exchange: its files, continued by the vendor's calendars in the lake. They
/// are read at the first use, and <see cref="ReloadAsync"/> replaces them as a whole; a <see cref="TradingCalendar"/>
/// or <see cref="Book"/> that a caller holds does not change. Thread-safe.
/// </summary>
[SuppressMessage(
    "Naming",
    "CA1710",
    Justification = "It is the workspace's calendars, which are looked up like a dictionary."
)]
public sealed class WorkspaceCalendars : IReadOnlyDictionary<string, TradingCalendar>
{
    private readonly DataLake _lake;
    private readonly DefinitionBundle _definitions;
    private readonly IKeptAnswers? _kept;
    private readonly Lock _reading = new();
    private State? _state;

    public WorkspaceCalendars(DefinitionBundle definitions, DataLake lake, IKeptAnswers? kept = null)
    {
        _kept = kept;
        _definitions = definitions;
        _lake = lake;
    }

    /// <summary>The calendars as they are now, with their sources and disagreements.</summary>
    public CalendarBook Book => Current.Book;

    /// <summary>
    /// Why the vendor's calendar could not be read, so that only the files are used; null when it could, or when there
    /// is none yet.
    /// </summary>
    public string? Problem => Current.Problem;

    public IEnumerable<string> Keys => Book.Calendars.Keys;

    public IEnumerable<TradingCalendar> Values => Book.Calendars.Values;

    public int Count => Book.Calendars.Count;

    public TradingCalendar this[string key] => Book.Calendars[key];

    private State Current
    {
        get
        {
            lock (_reading)
            {
                // Callers cannot wait asynchronously here. It is one small table, read once.
                return _state ??= ReadAsync(CancellationToken.None).GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>Reads the vendor's calendar again: a run may just have fetched it.</summary>
    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var state = await ReadAsync(cancellationToken);
        lock (_reading)
        {
            _state = state;
        }
    }

    public bool ContainsKey(string key) => Book.Calendars.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TradingCalendar value) =>
        Book.Calendars.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, TradingCalendar>> GetEnumerator() => Book.Calendars.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private async Task<State> ReadAsync(CancellationToken cancellationToken)
    {
        var files = _definitions.Calendars;
        var faulty = _definitions.CalendarNames.Faulty;
        try
        {
            return new State(
                // The vendor's calendar must not replace a file that has to be mended.
                CalendarBook.Of(
                    files,
                    [
                        .. (
                            await VendorCalendars.ReadAsync(_lake, _kept, cancellationToken).ConfigureAwait(false)
                        ).Where(v => !faulty.Contains(v.Exchange)),
                    ]
                ),
                null
            );
        }
        catch (Exception e) when (e is TidemarkException or DuckDbException)
        {
            return new State(CalendarBook.Of(files, []), await WordsAsync(e, cancellationToken).ConfigureAwait(false));
        }
    }

    // Names the file and what brings it back, instead of our statement and the engine's words.
    private async Task<string> WordsAsync(Exception error, CancellationToken cancellationToken)
    {
        try
        {
            if (
                ReadFault.MessageOf(error) is { } message
                && await VendorCalendars.SnapshotsAsync(_lake, cancellationToken).ConfigureAwait(false) is { } read
                && await ReadFault.OfAsync(_lake, read, message, error, cancellationToken).ConfigureAwait(false)
                    is { } why
            )
            {
                return why.Message;
            }
        }
        catch (TidemarkException)
        {
            // The first error is reported.
        }

        return error is DuckDbException engine ? engine.EngineMessage : error.Message;
    }

    private sealed record State(CalendarBook Book, string? Problem);
}
