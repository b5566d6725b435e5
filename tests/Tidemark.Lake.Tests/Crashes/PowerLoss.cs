namespace Tidemark.Lake.Tests.Crashes;

/// <summary>
/// What a disk may hold when the power goes. Of a file that was not flushed since it was written: all, a part or
/// nothing of its content. Of names (made, linked, moved, deleted) in a folder that was not flushed since: any of them,
/// in any mixture. A name in a folder that is itself gone is gone, too. So nothing but a flush orders anything.
/// </summary>
internal sealed class PowerLoss
{
    private readonly Dictionary<string, Content> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Content> _durable = new(StringComparer.Ordinal);
    private readonly List<Change> _pending = [];

    private PowerLoss() { }

    /// <summary>
    /// Writes to <paramref name="target"/> what is left of <paramref name="root"/> after these calls.
    /// </summary>
    public static void Leave(IEnumerable<DiskCall> calls, string root, string target, Random random)
    {
        var disk = new PowerLoss();
        disk._durable[root] = Content.Folder;
        foreach (var call in calls)
        {
            disk.Do(call);
        }

        // What was not flushed happened or did not, each by itself.
        foreach (var change in disk._pending.Where(_ => random.Next(2) == 0).ToArray())
        {
            change.Apply(disk._durable);
        }

        Directory.CreateDirectory(target);
        foreach (var (path, content) in disk._durable.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            if (!path.StartsWith(root + "/", StringComparison.Ordinal) || !disk.HasParents(path, root))
            {
                continue;
            }

            var place = target + path[root.Length..];
            if (content.IsFolder)
            {
                Directory.CreateDirectory(place);
            }
            else
            {
                File.WriteAllBytes(place, content.AfterLoss(random));
            }
        }
    }

    private bool HasParents(string path, string root)
    {
        for (
            var folder = Path.GetDirectoryName(path)!;
            folder.Length > root.Length;
            folder = Path.GetDirectoryName(folder)!
        )
        {
            if (!_durable.TryGetValue(folder, out var content) || !content.IsFolder)
            {
                return false;
            }
        }

        return true;
    }

    private void Do(DiskCall call)
    {
        switch (call.Kind)
        {
            case DiskCallKind.MakeFolder:
                Name(call.Path, Content.Folder);
                break;
            case DiskCallKind.Write:
                Name(call.Path, new Content { Written = call.Content! });
                break;
            case DiskCallKind.FlushFile:
                // A staged file was written by others: what it is called there does not matter.
                var file = _files.TryGetValue(call.Path, out var known)
                    ? known
                    : new Content { Written = call.Content! };
                file.Flushed = file.Written;
                _files[call.Path] = file;
                break;
            case DiskCallKind.Link:
                Name(call.Target, _files[call.Path]);
                break;
            case DiskCallKind.Move:
                Name(
                    call.Target,
                    _files.TryGetValue(call.Path, out var moved) ? moved : new Content { Written = call.Content! }
                );
                Forget(call.Path);
                break;
            case DiskCallKind.Delete:
                Forget(call.Path);
                break;
            case DiskCallKind.FlushFolder:
                foreach (var change in _pending.Where(c => c.Folder == call.Path).ToArray())
                {
                    change.Apply(_durable);
                    _pending.Remove(change);
                }

                break;
        }
    }

    private void Name(string path, Content content)
    {
        _files[path] = content;
        _pending.Add(new Change(path, content));
    }

    private void Forget(string path)
    {
        _files.Remove(path);
        _pending.Add(new Change(path, null));
    }

    private sealed record Change(string Path, Content? Content)
    {
        public string Folder { get; } = System.IO.Path.GetDirectoryName(Path)!;

        public void Apply(Dictionary<string, Content> names)
        {
            if (Content is null)
            {
                names.Remove(Path);
            }
            else
            {
                names[Path] = Content;
            }
        }
    }

    private sealed class Content
    {
        public static readonly Content Folder = new() { Written = [] };

        public required byte[] Written { get; init; }

        public byte[]? Flushed { get; set; }

        public bool IsFolder => ReferenceEquals(this, Folder);

        public byte[] AfterLoss(Random random) =>
            Flushed
            ?? random.Next(3) switch
            {
                0 => [],
                1 => Written[..random.Next(Written.Length + 1)],
                _ => Written,
            };
    }
}
