using System.Globalization;
using Spectre.Console;
using Tidemark.Core.Errors;
using Tidemark.Hosting;
using Tidemark.Lake;
using Tidemark.Lake.Catalog;
using Tidemark.Lake.Damage;
using Tidemark.Operations.Tables;

namespace Tidemark.Cli.Output;

/// <summary>Names what is left out of the lake, once, and lets the exit code say it.</summary>
internal static class LeftOutText
{
    private const int FilesShown = 5;

    /// <param name="context">Where it is said: on stderr, whatever the command's answer is.</param>
    /// <param name="leftOut">What there is to name.</param>
    /// <param name="code">The exit code without it.</param>
    /// <returns>The exit code with it: 4 in place of 0.</returns>
    public static int Write(CommandContext context, IReadOnlyList<LeftOut> leftOut, int code)
    {
        foreach (var left in LeftOut.Once(leftOut))
        {
            context.Progress.WriteLine(Line(left));
        }

        return leftOut.Count > 0 && code == ExitCodes.Done ? ExitCodes.Incomplete : code;
    }

    /// <summary>The same with all that the lake and its catalog leave out. A store that does not answer is said and stops nothing.</summary>
    /// <param name="context">Where it is said.</param>
    /// <param name="host">The workspace.</param>
    /// <param name="code">The exit code without it.</param>
    /// <param name="read">Damaged files that the command came upon by itself; a listing does not see them all.</param>
    /// <param name="gone">Names of tables that were gone before the command, which may have begun them anew.</param>
    public static async Task<int> WriteAsync(
        CommandContext context,
        TidemarkHost host,
        int code,
        IReadOnlyList<DamagedFile>? read = null,
        IReadOnlyCollection<string>? gone = null
    )
    {
        try
        {
            var leftOut = await host.Get<CatalogFile>().LeftOutAsync(CancellationToken.None);
            IReadOnlyList<LeftOut> tables =
            [
                .. await host.Get<GoneTables>().FindAsync(CancellationToken.None),
                .. await host.Get<GoneTables>().BegunAnewAsync(gone ?? [], CancellationToken.None),
                .. await host.Get<MisfitTables>().FindAsync(CancellationToken.None),
            ];
            var damage = await host.Get<DataLake>().DamageAsync(CancellationToken.None);
            damage = damage with { Files = [.. damage.Files.Concat(read ?? []).DistinctBy(f => f.Key)] };
            return Write(context, damage, Write(context, [.. Others(leftOut, damage), .. tables], code));
        }
        catch (TidemarkException e)
        {
            return Write(context, [new LeftOut("the lake", e.Code, e.Message)], code);
        }
    }

    /// <summary>Names of tables that are gone; none where the store does not answer, which whoever needs it will say.</summary>
    public static async Task<IReadOnlyCollection<string>> GoneAsync(
        TidemarkHost host,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await host.Get<GoneTables>().NamesAsync(cancellationToken);
        }
        catch (TidemarkException)
        {
            return [];
        }
    }

    /// <summary>The same of a command that walks all tables, and with none where it was given names.</summary>
    /// <param name="context">Where it is said.</param>
    /// <param name="host">What is looked at.</param>
    /// <param name="named">The tables that were named.</param>
    /// <param name="code">The exit code without it.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    /// <param name="failed">Tables that the command came upon and could not go on with.</param>
    /// <param name="told">Tables of which the command has said by itself what is wrong.</param>
    public static async Task<int> WriteAsync(
        CommandContext context,
        TidemarkHost host,
        IReadOnlyCollection<string> named,
        int code,
        CancellationToken cancellationToken,
        IReadOnlyList<LeftOut>? failed = null,
        IEnumerable<string>? told = null
    )
    {
        IReadOnlyList<LeftOut> found =
            named.Count > 0
                ? []
                :
                [
                    .. (await host.Get<DataLake>().SurveyAsync(cancellationToken)).LeftOut,
                    .. await host.Get<GoneTables>().FindAsync(cancellationToken),
                ];
        return Write(context, [.. (failed ?? []).Concat(found).Where(l => told?.Contains(l.Name) is not true)], code);
    }

    /// <summary>Names live files that are gone, of another size or behind a link, a few a table.</summary>
    public static int Write(CommandContext context, LakeDamage damage, int code)
    {
        foreach (var line in Lines(damage))
        {
            context.Progress.WriteLine(line);
        }

        return damage.Files.Count + damage.Unlisted.Count > 0 && code == ExitCodes.Done ? ExitCodes.Incomplete : code;
    }

    /// <summary>What else is left out than tables of which the damage says more.</summary>
    public static IReadOnlyList<LeftOut> Others(IReadOnlyList<LeftOut> leftOut, LakeDamage damage)
    {
        var said = damage.Files.Select(f => f.Table.ToString()).ToHashSet(StringComparer.Ordinal);
        return [.. leftOut.Where(l => l.Code != "TABLE_UNREADABLE" || !said.Contains(l.Name))];
    }

    public static IEnumerable<string> Lines(LakeDamage damage)
    {
        foreach (var table in damage.Files.GroupBy(f => f.Table))
        {
            // Of several files behind one link, the link is what is to be told.
            DamagedFile[] files = [.. table.DistinctBy(f => f.Link ?? f.Key)];
            foreach (var file in files.Take(FilesShown))
            {
                yield return $"damaged: {file.Code}: {file.Line}";
            }

            if (files.Skip(FilesShown).Count() is var more and > 0)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"damaged: {more} more files of {table.Key}: `tidemark verify --quick {table.Key}` names them all and what mends each"
                );
            }
        }

        foreach (var unlisted in damage.Unlisted)
        {
            yield return Line(unlisted);
        }
    }

    public static string Line(LeftOut left) => $"left out: {left.Name}: {left.Code}: {left.Reason}";
}
