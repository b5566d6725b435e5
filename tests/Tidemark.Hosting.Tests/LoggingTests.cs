using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tidemark.Core.Errors;
using Tidemark.Core.Secrets;
using Tidemark.Hosting.Logging;
using Tidemark.Hosting.Workspace;
using Tidemark.Testing;

namespace Tidemark.Hosting.Tests;

/// <summary>Where lines of the log go, and what stands in them.</summary>
public sealed class LoggingTests : IDisposable
{
    private const string Token = "a-Good-token-4711";

    private readonly TemporaryFolder _folder = new();
    private readonly SecretMask _secrets = new();
    private readonly StringWriter _error = new();

    public LoggingTests() => _secrets.Add(Token);

    public void Dispose() => _folder.Dispose();

    private string[] Said => _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private ILoggerFactory Open(
        LogLevel level = LogLevel.Debug,
        LogFormat format = LogFormat.Text,
        string? file = null,
        long bytes = 1 << 20,
        int files = 3
    ) =>
        LogSinks.Open(
            new LoggingOptions(level, format, file is null ? null : Path.Combine(_folder.Path, file), bytes, files),
            new ManualClock(),
            _secrets,
            _error
        );

    private static void Tell(ILoggerFactory logs, LogLevel level, string text, Exception? error = null) =>
        logs.CreateLogger("Tidemark.Test").Log(level, new EventId(42, "test.told"), error, "It said {TheText}", text);

    private string[] Files() =>
        [
            .. Directory
                .GetFiles(_folder.Path, "*.log", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(_folder.Path, f))
                .Order(StringComparer.Ordinal),
        ];

    private string Read(string file) => File.ReadAllText(Path.Combine(_folder.Path, file));

    [Fact]
    public void Defaults_LogNothing()
    {
        var options = WorkspaceReader.Parse(_folder.Path, "", new Dictionary<string, string>(), []).Logging;

        options.ShouldBe(new LoggingOptions(LogLevel.None, LogFormat.Text, null, 10 << 20, 5));
        LogSinks.Open(options, new ManualClock(), _secrets, _error).ShouldBeSameAs(NullLoggerFactory.Instance);
    }

    [Fact]
    public void Environment_NamesLevelAndPlace()
    {
        var options = WorkspaceReader
            .Parse(
                _folder.Path,
                "logging: { level: error, format: json }",
                new Dictionary<string, string>
                {
                    ["TIDEMARK__LOGGING__LEVEL"] = "debug",
                    ["TIDEMARK__LOGGING__FILE"] = "./logs/t.log",
                },
                []
            )
            .Logging;

        options.Level.ShouldBe(LogLevel.Debug);
        options.Format.ShouldBe(LogFormat.Json);
        options.File.ShouldBe(Path.Combine(_folder.Path, "logs", "t.log"));
    }

    [Theory]
    [InlineData("level: loud")]
    [InlineData("format: xml")]
    [InlineData("file_size: 3")]
    [InlineData("files: 0")]
    [InlineData("where: here")]
    [InlineData("file: tidemark.yaml")]
    [InlineData("file: control.db")]
    [InlineData("file: catalog.duckdb")]
    [InlineData("file: lake/../lake/tidemark.log")]
    public void Mistakes_AreFaultsOfTheWorkspace(string key) =>
        Should
            .Throw<TidemarkException>(() =>
                WorkspaceReader.Parse(_folder.Path, $"logging: {{ {key} }}", new Dictionary<string, string>(), [])
            )
            .Code.ShouldBe("CONFIG_INVALID");

    [Fact]
    public void Text_IsOneLineWithTheTimeLevelAndEvent()
    {
        using var logs = Open();

        Tell(logs, LogLevel.Warning, "one\nerror two");

        Said.ShouldBe(["2024-01-02T08:00:00.000Z warning test.told: It said one error two"]);
    }

    [Fact]
    public void File_WhoseLastLineIsHalfALine_GoesOnWithANewOne()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "t.log"), "whole\nhalf a li");

        using (var logs = Open(file: "t.log"))
        {
            Tell(logs, LogLevel.Warning, "one");
        }

        using (var logs = Open(file: "t.log"))
        {
            Tell(logs, LogLevel.Warning, "two");
        }

        var lines = Read("t.log").Split('\n');
        lines[..2].ShouldBe(["whole", "half a li"]);
        lines[2].ShouldEndWith("It said one");
        lines[3].ShouldEndWith("It said two");
        lines[4..].ShouldBe([""]);
    }

    [Fact]
    public void Json_HasTheFieldsAndThoseOfTheScope()
    {
        using var logs = Open(format: LogFormat.Json);
        var logger = logs.CreateLogger("Tidemark.Test");
        using (logger.BeginScope(new[] { new KeyValuePair<string, object?>("RunId", "r1") }))
        {
            Tell(logs, LogLevel.Error, "a \"b\"\n中", new InvalidOperationException("broken"));
        }

        var line = JsonDocument.Parse(Said.ShouldHaveSingleItem()).RootElement;
        line.GetProperty("time").GetString().ShouldBe("2024-01-02T08:00:00.000Z");
        line.GetProperty("level").GetString().ShouldBe("error");
        line.GetProperty("event").GetString().ShouldBe("test.told");
        line.GetProperty("event_id").GetInt32().ShouldBe(42);
        line.GetProperty("category").GetString().ShouldBe("Tidemark.Test");
        line.GetProperty("the_text").GetString().ShouldBe("a \"b\"\n中");
        line.GetProperty("run_id").GetString().ShouldBe("r1");
        line.GetProperty("exception").GetString()!.ShouldContain("broken");
    }

    [Theory]
    [InlineData(LogFormat.Text)]
    [InlineData(LogFormat.Json)]
    public void Secrets_AreOverwrittenWhereverTheyStand(LogFormat format)
    {
        using var logs = Open(format: format);
        using (logs.CreateLogger("x").BeginScope(new[] { new KeyValuePair<string, object?>("Unit", Token) }))
        {
            Tell(logs, LogLevel.Error, Token.ToUpperInvariant(), new InvalidOperationException($"no {Token}"));
        }

        _error.ToString().ShouldNotContain(Token, Case.Insensitive);
        _error.ToString().ShouldContain("*****");
    }

    [Fact]
    public void Level_LeavesOutWhatIsBelow()
    {
        using var logs = Open(LogLevel.Warning);

        Tell(logs, LogLevel.Information, "quiet");
        Tell(logs, LogLevel.Warning, "loud");

        Said.ShouldHaveSingleItem().ShouldEndWith("loud");
        logs.CreateLogger("x").IsEnabled(LogLevel.Information).ShouldBeFalse();
    }

    [Fact]
    public void File_IsBoundedInSizeAndNumber()
    {
        using (var logs = Open(file: "logs/t.log", bytes: 200, files: 3))
        {
            for (var i = 0; i < 20; i++)
            {
                Tell(logs, LogLevel.Error, $"line {i:D2} {new string('x', 40)}");
            }
        }

        Files().ShouldBe(["logs/t.1.log", "logs/t.2.log", "logs/t.log"]);
        Files().ShouldAllBe(f => Read(f).Length <= 200);
        Read("logs/t.log").ShouldContain("line 19");
        Read("logs/t.1.log").ShouldContain("line 18");
    }

    [Fact]
    public void File_OfAnEarlierProcess_IsGoneOnWith()
    {
        using (var logs = Open(file: "t.log"))
        {
            Tell(logs, LogLevel.Error, "first");
        }

        using (var logs = Open(file: "t.log"))
        {
            Tell(logs, LogLevel.Error, "second");
        }

        Files().ShouldBe(["t.log"]);
        Read("t.log").Split('\n').Length.ShouldBe(3);
    }

    /// <summary>Two factories stand for two processes: a lock is the file's, not the process's.</summary>
    [Fact]
    public void File_OfTwoAtATime_IsOneEach()
    {
        using (var first = Open(file: "t.log"))
        using (var second = Open(file: "t.log"))
        {
            Tell(first, LogLevel.Error, "a");
            Tell(second, LogLevel.Error, "b");
            Tell(first, LogLevel.Error, "c");
        }

        Files().ShouldBe(["t-2.log", "t.log"]);
        Read("t-2.log").ShouldContain("said b");
        Read("t.log").Split('\n').Length.ShouldBe(3);
    }

    [Fact]
    public void File_ThatCannotBeMade_IsSaidOnce()
    {
        _folder.Write("taken", "");
        using var logs = Open(file: "taken/t.log");

        Tell(logs, LogLevel.Error, "one");
        Tell(logs, LogLevel.Error, "two");

        Said.ShouldHaveSingleItem().ShouldContain("taken/t.log");
    }

    [Fact]
    public void File_ThatIsAFolder_IsSaidAndGetsNoLock()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "logs"));
        using var logs = Open(file: "logs");

        Tell(logs, LogLevel.Error, "one");

        Said.ShouldHaveSingleItem().ShouldContain("logs");
        File.Exists(Path.Combine(_folder.Path, "logs.lock")).ShouldBeFalse();
    }
}
