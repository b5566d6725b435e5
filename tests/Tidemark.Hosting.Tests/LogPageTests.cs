using System.Reflection;
using Microsoft.Extensions.Logging;
using Tidemark.Hosting.Logging;
using Tidemark.Testing;

namespace Tidemark.Hosting.Tests;

/// <summary>docs/reference/logging.md names every event that the program can log, and no other.</summary>
public sealed class LogPageTests
{
    private static readonly string[] s_withoutEvents = ["Core", "DuckDb", "Hosting"];

    private static string Page => File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "reference", "logging.md"));

    private static IReadOnlyList<(string Project, LoggerMessageAttribute Event, string[] Fields)> Declared { get; } =
    [
        .. Directory
            .GetFiles(AppContext.BaseDirectory, "Tidemark.*.dll")
            .Where(f => !Path.GetFileName(f).Contains("Test", StringComparison.Ordinal))
            .Select(Assembly.LoadFrom)
            .SelectMany(a => a.GetTypes().Select(t => (Project: a.GetName().Name!["Tidemark.".Length..], Type: t)))
            .SelectMany(t =>
                t.Type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
                    .Select(m => (t.Project, Method: m, Event: m.GetCustomAttribute<LoggerMessageAttribute>()))
            )
            .Where(m => m.Event is not null)
            .Select(m =>
                (
                    m.Project,
                    m.Event!,
                    m.Method.GetParameters()
                        .Where(p => p.ParameterType != typeof(ILogger) && p.ParameterType != typeof(Exception))
                        .Select(p => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name!))
                        .ToArray()
                )
            ),
    ];

    [Fact]
    public void Page_HasALineForEachEvent()
    {
        string[] declared =
        [
            .. Declared
                .OrderBy(d => d.Event.EventId)
                .Select(d =>
                    $"| {d.Event.EventId} | `{d.Event.EventName}` | {LoggingOptions.NameOf(d.Event.Level)} | "
                    + $"{string.Join(' ', d.Fields.Select(f => $"`{f}`"))} |"
                ),
        ];

        var page = Page.Split('\n').Where(l => l.Length > 3 && l.StartsWith("| ") && char.IsAsciiDigit(l[2]));

        page.ShouldBe(declared, customMessage: string.Join('\n', declared));
    }

    [Fact]
    public void Events_HaveIdsAndNamesOfTheirOwn()
    {
        Declared.ShouldAllBe(d => d.Event.EventId > 0 && !string.IsNullOrEmpty(d.Event.EventName));
        Declared.Select(d => d.Event.EventId).ShouldBeUnique();
        Declared.Select(d => d.Event.EventName).ShouldBeUnique();
    }

    [Fact]
    public void Projects_ThatDoWork_HaveEventsInARangeOfTheirOwn()
    {
        var ranges = Declared
            .GroupBy(d => d.Project)
            .ToDictionary(g => g.Key, g => g.Select(d => d.Event.EventId / 1000).Distinct());

        ranges
            .Keys.Order()
            .ShouldBe(
                Directory
                    .GetFiles(AppContext.BaseDirectory, "Tidemark.*.dll")
                    .Select(f => Path.GetFileNameWithoutExtension(f)["Tidemark.".Length..])
                    .Where(p => !p.Contains("Test", StringComparison.Ordinal) && p != "Definitions")
                    .Except(s_withoutEvents)
                    .Order()
            );
        ranges.Values.ShouldAllBe(r => r.Count() == 1);
        ranges.Values.Select(r => r.Single()).ShouldBeUnique();
    }
}
