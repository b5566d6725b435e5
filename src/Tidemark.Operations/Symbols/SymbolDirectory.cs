using Tidemark.Completeness.Evaluation;
using Tidemark.Core.Errors;
using Tidemark.Core.Markets;
using Tidemark.Definitions.Checks;
using Tidemark.DuckDb;
using Tidemark.Lake;
using Tidemark.Lake.Tables;

namespace Tidemark.Operations.Symbols;

/// <summary>The user's symbols, understood as far as they can be.</summary>
/// <param name="Symbols">Under which everything is kept; what is not known yet stands as it was typed.</param>
/// <param name="Unknown">What no list has, or more than one instrument may be meant by.</param>
public sealed record TargetSymbols(IReadOnlySet<string> Symbols, IReadOnlyList<SymbolMatch> Unknown);

/// <summary>
/// What users mean by the symbols that they type: told from every list of instruments that a check names, all of its
/// days, so that earlier codes are understood too. A list that cannot be read takes only its own symbols. Stateless;
/// thread-safe.
/// </summary>
public sealed class SymbolDirectory(DataLake lake, CheckRegistry checks, TargetList targets)
{
    /// <exception cref="TidemarkException">The file of targets is missing, or is no file.</exception>
    public async Task<TargetSymbols> TargetsAsync(CancellationToken cancellationToken)
    {
        var typed = targets.Read();
        if (typed.Count == 0)
        {
            return new TargetSymbols(new HashSet<string>(), []);
        }

        return Match(await ReadAsync(cancellationToken), typed);
    }

    /// <summary>
    /// The entity that is meant by what somebody typed; as it was typed where that is no symbol (<c>stock:list</c>).
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

    /// <summary>The symbols that are meant by what somebody typed.</summary>
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

    /// <summary>The same, and the lists, by dataset, that are there and could not be read.</summary>
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
                using var session = await lake.OpenSessionAtAsync(
                    told.Exists ? [snapshot, told] : [snapshot],
                    cancellationToken
                );
                var codes = ListedCodes.Read(session.Connection, source, snapshot, told, cancellationToken);
                symbols.UnionWith(codes.Codes.Select(c => c.Symbol));
                changes.AddRange(codes.Changes);
            }
            catch (Exception e) when (e is TidemarkException or DuckDbException)
            {
                unread.Add(source.Dataset.Id); // status and doctor name it; here its symbols are merely not known
            }
        }

        var newest = CodeChanges.Newest(changes.DistinctBy(c => c.Earlier, StringComparer.Ordinal));
        return (new SymbolBook(symbols, newest), unread);
    }
}
