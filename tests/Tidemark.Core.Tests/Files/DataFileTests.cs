using System.Diagnostics;
using Tidemark.Core.Files;

namespace Tidemark.Core.Tests.Files;

public sealed class DataFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void PipesAndDevices_AreToldFromFiles_WithoutWaiting()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("there are no named pipes among files");
        }

        var pipe = Path.Combine(_folder, "pipe");
        using (var made = Process.Start("mkfifo", pipe))
        {
            made.WaitForExit();
        }

        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var link = Path.Combine(_folder, "link");
        File.CreateSymbolicLink(link, pipe);

        File.CreateSymbolicLink(Path.Combine(_folder, "zeros"), "/dev/zero");

        DataFile.IsPipeOrDevice(pipe).ShouldBeTrue();
        DataFile.IsPipeOrDevice(Path.Combine(_folder, "zeros")).ShouldBeTrue("it can be sought in, and never ends");
        DataFile.IsPipeOrDevice(link).ShouldBeTrue("a link has a length of its own");
        DataFile.IsPipeOrDevice(file).ShouldBeFalse();
        DataFile.IsPipeOrDevice(_folder).ShouldBeFalse();
        DataFile.IsPipeOrDevice(Path.Combine(_folder, "nothing")).ShouldBeFalse();
        Should.Throw<NotAFileException>(() => DataFile.ReadText(link));
        Should.Throw<NotAFileException>(() => DataFile.OpenRead(pipe));
        Should.Throw<IOException>(() => DataFile.Ensure(pipe)).Message.ShouldContain(pipe);
        File.Exists(file).ShouldBeTrue();
    }
}
