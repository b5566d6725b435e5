using Tidemark.Lake.Storage;

namespace Tidemark.Lake.Tests.Crashes;

/// <summary>A call to the disk, or a word of the test between calls.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Path">To which file or folder.</param>
/// <param name="Target">The new name, for links and moves; the word, for marks.</param>
/// <param name="Content">What was in the file at that moment, for writes and flushes.</param>
internal sealed record DiskCall(DiskCallKind Kind, string Path, string Target = "", byte[]? Content = null);

internal enum DiskCallKind
{
    MakeFolder,
    Write,
    FlushFile,
    FlushFolder,
    Link,
    Move,
    Delete,
    Mark,
}

/// <summary>A real disk that remembers, in order, what was done to it.</summary>
internal sealed class RecordingDisk : LocalDisk
{
    private readonly Lock _lock = new();
    private readonly List<DiskCall> _calls = [];

    public IReadOnlyList<DiskCall> Calls => _calls;

    public void Mark(string word) => Add(new DiskCall(DiskCallKind.Mark, "", word));

    public override void MakeFolder(string path)
    {
        var missing = new Stack<string>();
        for (var folder = path; !Directory.Exists(folder); folder = Path.GetDirectoryName(folder)!)
        {
            missing.Push(folder);
        }

        base.MakeFolder(path);
        foreach (var folder in missing)
        {
            Add(new DiskCall(DiskCallKind.MakeFolder, folder));
        }
    }

    public override void Write(string path, ReadOnlySpan<byte> content)
    {
        base.Write(path, content);
        Add(new DiskCall(DiskCallKind.Write, path, Content: content.ToArray()));
    }

    public override void Touch(string path)
    {
        base.Touch(path);
        Add(new DiskCall(DiskCallKind.Write, path, Content: []));
    }

    public override void FlushFile(string path)
    {
        base.FlushFile(path);
        Add(new DiskCall(DiskCallKind.FlushFile, path, Content: File.ReadAllBytes(path)));
    }

    public override void FlushFolder(string path)
    {
        base.FlushFolder(path);
        Add(new DiskCall(DiskCallKind.FlushFolder, path));
    }

    public override bool TryLink(string source, string destination)
    {
        var linked = base.TryLink(source, destination);
        if (linked)
        {
            Add(new DiskCall(DiskCallKind.Link, source, destination));
        }

        return linked;
    }

    public override void Move(string source, string destination)
    {
        var content = File.ReadAllBytes(source);
        base.Move(source, destination);
        Add(new DiskCall(DiskCallKind.Move, source, destination, content));
    }

    public override void Delete(string path)
    {
        base.Delete(path);
        Add(new DiskCall(DiskCallKind.Delete, path));
    }

    private void Add(DiskCall call)
    {
        lock (_lock)
        {
            _calls.Add(call);
        }
    }
}
