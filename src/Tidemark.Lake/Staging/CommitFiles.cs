using Tidemark.Core;
using Tidemark.Lake.Delta;
using Tidemark.Lake.Parquet;
using Tidemark.Lake.Storage;
using Tidemark.Lake.Tables;

namespace Tidemark.Lake.Staging;

/// <summary>
/// The data files of a commit: the staged files, and files that replace those that also hold rows of other units.
/// </summary>
internal sealed class CommitFiles(LakeTable table)
{
    private readonly FileRewriter _rewriter = new(table.Engine);

    /// <summary>Moves staged files to where readers look for files; no version names them yet.</summary>
    public async Task<List<AddAction>> PublishAsync(
        StagedCommit staged,
        IReadOnlyList<StagedFile> files,
        string commitId,
        CancellationToken cancellationToken
    )
    {
        var now = table.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var adds = new List<AddAction>(files.Count);
        var published = new List<PublishedFile>(files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            var file = files[i];
            var partitioning = staged.Definition.Partitioning;
            var path = file.Place.FolderIn(partitioning) + DataFileName.Of(commitId, i);
            published.Add(new PublishedFile(file.LocalPath, table.Id.Prefix + path));
            adds.Add(
                new AddAction(
                    DeltaPath.Encoded(path),
                    file.Place.ValuesIn(partitioning),
                    file.Bytes,
                    now,
                    DataChange: true,
                    file.Stats,
                    TagsOf(staged, file)
                )
            );
        }

        await table.Store.PublishAsync(published, cancellationToken);
        return adds;
    }

    private static Dictionary<string, string> TagsOf(StagedCommit staged, StagedFile file)
    {
        var tags = staged.Tags.TryGetValue(file.Unit, out var own)
            ? new Dictionary<string, string>(own, StringComparer.Ordinal)
            : new Dictionary<string, string>(StringComparer.Ordinal);
        tags[DeltaTags.Unit] = file.Unit;
        tags[DeltaTags.Run] = staged.RunId;
        if (file.Place is { Partition.IsMonth: true, Days: var days })
        {
            tags[days.Count == 1 ? DeltaTags.Day : DeltaTags.Days] = string.Join(',', days.Select(d => d.ToIso()));
        }

        tags[DeltaTags.Sha256] = file.Sha256;
        return tags;
    }

    /// <summary>
    /// Standing files of units whose tags change and whose rows don't: added again under the same path, with dataChange
    /// false.
    /// </summary>
    public static IEnumerable<AddAction> Retagged(
        StagedCommit staged,
        UnitReplacement replacement,
        TableSnapshot snapshot
    )
    {
        var replaced = replacement.Files.Select(f => f.Path).ToHashSet(StringComparer.Ordinal);
        var files = staged.Tags.Keys.SelectMany(snapshot.FilesOf).DistinctBy(f => f.Path);
        foreach (var file in files.Where(f => !replaced.Contains(f.Path)))
        {
            if (UnitSlice.Retag(file, staged.Tags) is { } tags)
            {
                yield return file with
                {
                    DataChange = false,
                    Tags = tags,
                };
            }
        }
    }

    /// <summary>The file that replaces one from which rows were taken.</summary>
    public static AddAction Standing(Remainder remainder, AddAction written, StagedCommit staged)
    {
        var codec = remainder.File.Tags!.GetValueOrDefault(DeltaTags.Codec);
        var file = written with { Tags = UnitSlice.TagsOf(remainder.Left(written.Sha256!), written.Sha256, codec) };
        return UnitSlice.Retag(file, staged.Tags) is { } tags ? file with { Tags = tags } : file;
    }

    /// <summary>
    /// Writes what remains of files that also hold rows of replaced units, or rows that give way. A file that is in
    /// <paramref name="remains"/> is done already: data files never change.
    /// </summary>
    public async Task PublishRemaindersAsync(
        StagedCommit staged,
        TableSnapshot snapshot,
        IReadOnlyList<Remainder> remainders,
        Dictionary<string, AddAction> remains,
        string commitId,
        int number,
        CancellationToken cancellationToken
    )
    {
        var missing = remainders.Where(r => !remains.ContainsKey(r.File.Path)).ToArray();
        if (missing.Length == 0)
        {
            return;
        }

        using var held = await table.Store.MakeReadableAsync(
            [.. missing.Select(r => DataFiles.ObjectOf(table.Id, r.File))],
            cancellationToken
        );
        var published = new List<PublishedFile>(missing.Length);
        foreach (var remainder in missing)
        {
            var name = DataFileName.Of(commitId, number + remains.Count);
            var old = remainder.File;
            var written = await _rewriter.WriteAsync(
                snapshot,
                FileRows.Of(table.Id, remainder, table.Store),
                old.Tags!.GetValueOrDefault(DeltaTags.Codec) ?? table.Engine.Codec.Word(),
                Path.Combine(staged.Folder, name),
                cancellationToken
            );
            var key = old.Path[..(old.Path.LastIndexOf('/') + 1)] + name;
            published.Add(new PublishedFile(written.LocalPath, table.Id.Prefix + DeltaPath.Decoded(key)));
            remains[old.Path] = old with
            {
                Path = key,
                Size = written.Bytes,
                ModificationTime = table.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
                DataChange = true,
                Stats = written.Stats,
                Tags = new Dictionary<string, string> { [DeltaTags.Sha256] = written.Sha256 },
            };
        }

        await table.Store.PublishAsync(published, cancellationToken);
    }
}
