namespace Tidemark.Cli.Tests;

/// <summary>A workspace in which nothing was done yet; its vendor is nowhere.</summary>
internal sealed class TemporaryWorkspace : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tidemark-empty-").FullName;

    public TemporaryWorkspace(string yaml = "", string vendor = "http://127.0.0.1:1") =>
        File.WriteAllText(
            Path.Combine(_folder, "tidemark.yaml"),
            $"vendors: {{ tushare: {{ url: '{vendor}', token: abc }} }}\n{yaml}"
        );

    public string Folder => _folder;

    public Task<Answer> RunAsync(params string[] arguments) =>
        new CommandLine(_folder, SmallLake.Clock).RunAsync(arguments);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
