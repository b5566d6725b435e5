using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using Tidemark.Core.Secrets;
using Tidemark.Operations;
using Tidemark.Vendors;

namespace Tidemark.Cli.Output;

/// <summary>
/// The output of one call of a command: people read <see cref="Terminal"/>, scripts read one JSON document on stdout.
/// </summary>
internal sealed class CommandContext
{
    private const int PipedLayoutWidth = 160;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        WriteIndented = true,
    };

    public CommandContext(CommandWorld world, ParseResult parse)
    {
        Time = new LocalTime(world.Clock.LocalTimeZone);
        IsJson = parse.GetValue(CommonOptions.Json);
        IsQuiet = parse.GetValue(CommonOptions.Quiet);
        IsVerbose = parse.GetValue(CommonOptions.Verbose);
        WorkspaceOption = parse.GetValue(CommonOptions.Workspace);
        var isPlain = parse.GetValue(CommonOptions.NoColor);
        var plain = isPlain || world.Environment.ContainsKey("NO_COLOR") || !world.IsInteractive;
        ShowsBars = world.IsInteractive && !IsQuiet && !isPlain;
        Terminal = Console(IsJson ? world.Error : world.Out, plain, world.IsInteractive, world.Secrets);
        Progress = Console(world.Error, plain, world.IsInteractive, world.Secrets);
        World = world with { OnWait = IsQuiet ? null : TellWait, OnWarning = IsQuiet ? null : TellWarning };
    }

    public CommandWorld World { get; }

    /// <summary>Formats moments for people.</summary>
    public LocalTime Time { get; }

    /// <summary>Gives the operations; the program's root sets it.</summary>
    public required ICommandOperations Operations { private get; init; }

    /// <summary>
    /// Reports an error as if the command had ended with it, and ends the process: for work that cannot be stopped.
    /// </summary>
    public required Action<Exception> GiveUp { get; init; }

    public bool IsJson { get; }

    public bool IsQuiet { get; }

    public bool IsVerbose { get; }

    public string? WorkspaceOption { get; }

    /// <summary>The answer for people: stdout, or stderr when stdout belongs to JSON.</summary>
    public IAnsiConsole Terminal { get; }

    /// <summary>Progress and logs: always stderr.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>Whether to show bars and live displays.</summary>
    public bool ShowsBars { get; }

    /// <summary>
    /// The width in columns for output that is laid out to fit, like the marks of <c>status</c>. Lines of text are not
    /// wrapped where the output is not a terminal.
    /// </summary>
    public int LayoutWidth => World.IsInteractive ? Terminal.Profile.Width : PipedLayoutWidth;

    /// <summary>Whether the JSON document is written already, as by a server that is stopped later.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Opens the workspace of the call.</summary>
    public IOperations OpenWorkspace() => Operations.OfWorkspace(World, WorkspaceOption);

    /// <summary>Gives the operations that need no workspace.</summary>
    public IOperations WithoutWorkspace() => Operations.OfMachine(World, WorkspaceOption);

    /// <summary>Writes the command's JSON document if <c>--json</c> asks for it.</summary>
    public void WriteJson<T>(T document)
    {
        if (IsJson)
        {
            HasAnswered = true;
            World.Out.WriteLine(JsonSerializer.Serialize(document, s_json));
        }
    }

    /// <summary>
    /// The JSON document of a command that failed. Written by hand, because the first use of a serializer takes time,
    /// and memory may be growing meanwhile.
    /// </summary>
    public static string ErrorDocument(string code, string kind, string message)
    {
        using var document = new MemoryStream();
        using (
            var writer = new Utf8JsonWriter(
                document,
                new JsonWriterOptions { Encoder = s_json.Encoder, Indented = true }
            )
        )
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteString("code", code);
            writer.WriteString("kind", kind);
            writer.WriteString("message", message);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(document.ToArray());
    }

    /// <summary>Waits until the user stops the command.</summary>
    public static async Task WaitForStopAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = stop.Register(stopped.SetResult);
        await stopped.Task;
    }

    /// <summary>Writes a line for people; nothing under <c>--quiet</c> or <c>--json</c>.</summary>
    public void Say(string text)
    {
        if (!IsQuiet)
        {
            Terminal.WriteLine(text);
        }
    }

    // Also without --verbose: after a minute of silence a program seems to hang.
    private void TellWait(VendorWait wait) =>
        Progress.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"waiting {Math.Ceiling(wait.Length.TotalSeconds)} s: {wait.Reason}"
            )
        );

    private void TellWarning(string text) => Progress.WriteLine($"warning: {text}");

    private static IAnsiConsole Console(TextWriter writer, bool plain, bool interactive, SecretMask secrets)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                // Without ANSI the library resets the terminal's colours through System.Console, even where there are
                // no colours to reset.
                Ansi = interactive ? AnsiSupport.Detect : AnsiSupport.No,
                ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
                Interactive = interactive ? InteractionSupport.Detect : InteractionSupport.No,
                Out = new WidthOutput(writer is MaskingWriter masking ? masking.Inner : writer, interactive),
            }
        );
        console.Pipeline.Attach(new OutsideText(secrets, plain));
        return console;
    }

    /// <summary>A writer that wraps no lines into a pipe: a path that is broken cannot be used.</summary>
    private sealed class WidthOutput(TextWriter writer, bool interactive) : IAnsiConsoleOutput
    {
        private readonly AnsiConsoleOutput _inner = new(writer);

        public TextWriter Writer => writer;

        public bool IsTerminal => interactive && _inner.IsTerminal;

        public int Width => interactive ? _inner.Width : TableRows.Unlimited;

        public int Height => _inner.Height;

        public void SetEncoding(Encoding encoding) => _inner.SetEncoding(encoding);
    }
}
