using System.Globalization;
using Tidemark.Completeness.Evaluation;
using Tidemark.Core;
using Tidemark.Core.Answers;
using Tidemark.Core.Datasets;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Symbols;

/// <summary>
/// Finds the instruments that users mean by typed symbols. It reads all days of every list of instruments that a check
/// names, so that it knows earlier codes too. A list that cannot be read takes out only its own symbols. Stateless;
/// thread-safe.
/// </summary>
public sealed class SymbolDirectory(DataLake lake, CheckRegistry checks, IKeptAnswers? kept = null)
{
    /// <summary>Grows whenever codes are made of lists, or kept, in another way.</summary>
    private const int Rules = 1;

    private static readonly AnswerShape<BookPart> s_shape = new(
        part => new AnswerTable([
            .. part.Symbols.Select(s => (string[])[s]),
            .. part.Changes.Select(c => (string[])[c.Earlier, c.Later, c.KnownFrom.ToIso()]),
        ]),
        table => new BookPart(
            [.. table.Rows.Where(r => r.Count == 1).Select(r => r[0])],
            [
                .. table
                    .Rows.Where(r => r.Count > 1)
                    .Select(r => new CodeChange(r[0], r[1], DateOnly.Parse(r[2], CultureInfo.InvariantCulture))),
            ]
        )
    );

    /// <summary>Whether a list is one of those that it reads.</summary>
    public bool Reads(DatasetDefinition list) => checks.All.Any(c => c.Entities?.Dataset.Id == list.Id);

    /// <summary>
    /// The entity that a typed text means; the text itself where it is no symbol (<c>stock:list</c>).
    /// </summary>
    /// <exception cref="TidemarkException"><c>STATUS_FILTER_UNKNOWN</c>: it may mean more than one.</exception>
    public async Task<string?> EntityAsync(string? typed, CancellationToken cancellationToken)
    {
        if (typed is null)
        {
            return null;
        }

        var match = (await ReadAsync(cancellationToken)).Find(typed);
        return match.Candidates.Count == 0
            ? match.Symbol ?? typed
            : throw new TidemarkException(
                ErrorKind.BadRequest,
                "STATUS_FILTER_UNKNOWN",
                $"--entity {typed} may be {string.Join(" or ", match.Candidates)}: write it out."
            );
    }

    /// <summary>
    /// The symbols that a user named, in that order; before the first list is there all are taken as typed.
    /// </summary>
    /// <exception cref="TidemarkException"><c>SYMBOL_AMBIGUOUS</c>: one may mean several.</exception>
    public async Task<IReadOnlyList<SymbolMatch>> NamedAsync(
        IReadOnlyList<string> typed,
        CancellationToken cancellationToken
    )
    {
        if (typed.Count == 0)
        {
            return [];
        }

        var book = await ReadAsync(cancellationToken);
        SymbolMatch[] named = [.. typed.Select(s => book.IsEmpty ? new SymbolMatch(s, s, []) : book.Find(s))];
        SymbolMatch[] ambiguous = [.. named.Where(m => m.Candidates.Count > 0)];
        return ambiguous.Length == 0
            ? named
            : throw new TidemarkException(
                ErrorKind.BadRequest,
                "SYMBOL_AMBIGUOUS",
                $"--symbols: {string.Join(", ", ambiguous.Select(m => $"{m.Typed} may be {string.Join(" or ", m.Candidates)}"))}: write it out. Nothing was fetched."
            );
    }

    /// <summary>Matches typed symbols with a book.</summary>
    public static TargetSymbols Match(SymbolBook book, IEnumerable<string> typed)
    {
        var symbols = new SortedSet<string>(StringComparer.Ordinal);
        var unknown = new List<SymbolMatch>();
        foreach (var text in typed)
        {
            var match = book.Find(text);
            symbols.Add(match.Symbol ?? text);
            if (match.Symbol is null && !book.IsEmpty)
            {
                unknown.Add(match);
            }
        }

        return new TargetSymbols(symbols, unknown);
    }

    /// <summary>Every symbol of the lists; empty before the first one is there.</summary>
    public async Task<SymbolBook> ReadAsync(CancellationToken cancellationToken) =>
        (await ReadListsAsync(cancellationToken)).Book;

    /// <summary>Also returns the lists, by dataset, that exist but could not be read.</summary>
    internal async Task<(SymbolBook Book, IReadOnlySet<string> Unread)> ReadListsAsync(
        CancellationToken cancellationToken
    )
    {
        var unread = new HashSet<string>(StringComparer.Ordinal);
        var symbols = new HashSet<string>(StringComparer.Ordinal);
        var changes = new List<CodeChange>();
        var lists = checks.All.Select(c => c.Entities).OfType<EntitySource>().GroupBy(e => (e.Dataset.Id, e.Symbol));
        foreach (var list in lists)
        {
            var source = list.FirstOrDefault(e => e.Name is not null) ?? list.First();
            try
            {
                var table = lake.Table(TableDefinition.Of(source.Dataset).Id);
                var snapshot = await lake.ReadableAsync(
                    await table.SnapshotAsync(cancellationToken),
                    cancellationToken
                );
                if (!snapshot.Exists)
                {
                    continue;
                }

                var told = await lake.Table(TableDefinition.IdOf(CodeChangeTable.Dataset))
                    .SnapshotAsync(cancellationToken);
                var part = await kept.OfAsync(
                    $"the codes of {source.Dataset.Id} {source.Symbol}",
                    $"{Rules} {TableMark.Of(snapshot)} {TableMark.Of(told)} {source.Name} {source.Listed}",
                    s_shape,
                    () => ReadAsync(source, snapshot, told, cancellationToken),
                    cancellationToken
                );
                symbols.UnionWith(part.Symbols);
                changes.AddRange(part.Changes);
            }
            catch (Exception e) when (e is TidemarkException or DuckDbException)
            {
                unread.Add(source.Dataset.Id); // status and doctor name it; here its symbols are merely not known
            }
        }

        var newest = CodeChanges.Newest(changes.DistinctBy(c => c.Earlier, StringComparer.Ordinal));
        return (new SymbolBook(symbols, newest), unread);
    }

    private async Task<BookPart> ReadAsync(
        EntitySource source,
        TableSnapshot list,
        TableSnapshot told,
        CancellationToken cancellationToken
    )
    {
        using var session = await lake.OpenSessionAtAsync(told.Exists ? [list, told] : [list], cancellationToken);
        var codes = ListedCodes.Read(session.Connection, source, list, told, cancellationToken);
        return new BookPart([.. codes.Codes.Select(c => c.Symbol)], codes.Changes);
    }

    /// <summary>What one list says.</summary>
    private sealed record BookPart(IReadOnlyList<string> Symbols, IReadOnlyList<CodeChange> Changes);
}
