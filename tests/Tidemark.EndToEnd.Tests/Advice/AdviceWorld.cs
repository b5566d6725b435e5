using Microsoft.Data.Sqlite;
using Tidemark.EndToEnd.Tests.Support;

namespace Tidemark.EndToEnd.Tests.Advice;

/// <summary>
/// What one scenario breaks and mends: a workspace of its own, the variables that its commands see, and a vendor.
/// </summary>
internal sealed class AdviceWorld(string folder, Uri vendor)
{
    /// <summary>An own declaration of the daily bars, laid over the shipped one.</summary>
    public const string Daily = "definitions/datasets/tushare.daily.yaml";

    public string Folder { get; } = folder;

    public Uri Vendor { get; } = vendor;

    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>What disposes of a thing that the scenario has started.</summary>
    public Stack<IAsyncDisposable> Started { get; } = new();

    public string At(string name) => Path.Combine(Folder, name);

    public string Read(string name) => File.ReadAllText(At(name));

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
    }

    /// <summary>Replaces a text that has to be there.</summary>
    public void Edit(string name, string old, string @new)
    {
        var text = Read(name);
        text.ShouldContain(old, Case.Sensitive);
        Write(name, text.Replace(old, @new, StringComparison.Ordinal));
    }

    /// <summary>Adds a line to <c>tidemark.yaml</c>.</summary>
    public void Configure(string line) => Write("tidemark.yaml", $"{Read("tidemark.yaml").TrimEnd()}\n{line}\n");

    /// <summary>Takes a line from <c>tidemark.yaml</c>.</summary>
    public void Unconfigure(string line) => Edit("tidemark.yaml", $"{line}\n", "");

    /// <summary>A file of the shipped definitions, such as <c>checks/stock.list.yaml</c>.</summary>
    public static string Shipped(string name) =>
        File.ReadAllText(Path.Combine(Checkout.ProgramFolder, "definitions", name));

    /// <summary>Lays an own definition over a shipped one, or changes it where it is there already.</summary>
    public void Redefine(string name, string old, string @new)
    {
        if (!File.Exists(At(name)))
        {
            Write(name, Shipped(name["definitions/".Length..]));
        }

        Edit(name, old, @new);
    }

    /// <summary>
    /// Takes a vendor's table from the lake, and what tells that it was there, so that all of it is fetched as for the
    /// first time.
    /// </summary>
    public async Task LoseAsync(string table)
    {
        Directory.Delete(At($"lake/ods/{table}"), recursive: true);
        await ControlAsync("delete from ingest_step_runs_v1 where stage = 'upsert'");
    }

    /// <summary>Stores a token, as its owner would.</summary>
    public async Task StoreTokenAsync(string token)
    {
        Write("token.txt", token);
        (await ShellAsync("tidemark token set < token.txt")).With(exitCode: 0);
    }

    /// <summary>The only file in a folder of the workspace whose name begins and ends in some way.</summary>
    public string Single(string below, string pattern) =>
        Directory.GetFiles(At(below), pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();

    /// <summary>Within this process: what is walked are the words, some hundreds of commands long.</summary>
    public Task<Ended> RunAsync(params string[] command) => TidemarkHere.RunAsync(Folder, Environment, command);

    /// <summary>Runs a step of the advice, which has to succeed.</summary>
    public async Task DoAsync(params string[] command) => (await RunAsync(command)).With(exitCode: 0);

    /// <summary>
    /// Runs a line of a shell, as a person types it who is told <c>tidemark token set &lt; token.txt</c>.
    /// </summary>
    public async Task<Ended> ShellAsync(string line)
    {
        await using var shell = TidemarkProcess.StartTool(
            "/bin/sh",
            Folder,
            Environment,
            "-c",
            line.Replace("tidemark ", $"\"{Checkout.Program}\" ", StringComparison.Ordinal)
        );
        return await shell.EndAsync();
    }

    /// <summary>Changes the control database as something else than Tidemark would.</summary>
    public async Task ControlAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={At("control.db")};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBeGreaterThan(0, sql);
    }
}
